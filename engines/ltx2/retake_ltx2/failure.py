"""What goes wrong, in the words of the engine protocol."""


class Failure(Exception):
    """Ends a job, or the load. ``kind`` and ``field`` are the protocol's; ``message`` is for the user, without paths;
    ``detail`` is for the log."""

    def __init__(self, kind: str, message: str, *, field: str = "", detail: str = "", restart: bool = False):
        super().__init__(message)
        self.kind, self.message, self.field, self.detail, self.restart = kind, message, field, detail, restart

    def line(self) -> dict:
        """Returns the fields of an error line."""
        line = {"type": "error", "kind": self.kind, "message": self.message}
        if self.field:
            line["field"] = self.field
        if self.detail:
            line["detail"] = self.detail
        if self.restart:
            line["restart"] = True
        return line


class Cancelled(Failure):
    """Ends a job that the server cancelled."""

    def __init__(self):
        super().__init__("cancelled", "The job was cancelled.")
