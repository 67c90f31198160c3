"""JSON lines to and from the server."""

import json
import os
import sys
import threading
from collections.abc import Iterator
from typing import IO


class Lines:
    """Writes lines from any thread, and reads them in one."""

    def __init__(self, source: IO[str], sink: IO[str]):
        self._source, self._sink = source, sink
        self._lock = threading.Lock()

    def say(self, **message) -> None:
        line = json.dumps(message, ensure_ascii=False, allow_nan=False)
        with self._lock:
            self._sink.write(line + "\n")
            self._sink.flush()

    def read(self) -> Iterator[dict]:
        """Yields objects until the source ends. What is no object is skipped: there is nobody to answer to."""
        for line in self._source:
            try:
                message = json.loads(line)
            except ValueError:
                print("a line that is no JSON was skipped", file=sys.stderr)
                continue
            if isinstance(message, dict):
                yield message


def standard() -> Lines:
    """Takes standard input and output for the protocol. All that libraries print, in Python or in C, goes to standard
    error from here on."""
    sink = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return Lines(os.fdopen(os.dup(0), encoding="utf-8", errors="replace"), sink)
