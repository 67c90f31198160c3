"""The engine's side of the protocol: one reader, and a thread for each job."""

import sys
import threading
import time
import traceback

from . import __version__, weights
from .failure import Cancelled, Failure
from .lines import Lines
from .settings import Settings

HEARTBEAT = 30  # seconds between signs of life during a long step
PROTOCOL = 1
LICENSE = "LTX-2 Community License; Gemma Terms of Use for the text encoder"


class Job:
    """A job that runs: its thread reports, the reader cancels."""

    def __init__(self, message: dict, lines: Lines):
        self.message, self.id = message, message["id"]
        self.cancelled = threading.Event()
        self._lines, self._fraction, self._phase = lines, 0.0, "waiting"

    def progress(self, fraction: float, phase: str) -> None:
        if self.cancelled.is_set():
            raise Cancelled()
        self._fraction, self._phase = max(fraction, self._fraction), phase
        self.beat()

    def beat(self) -> None:
        self._lines.say(type="progress", id=self.id, fraction=round(self._fraction, 4), phase=self._phase)


class Worker:
    """Speaks the protocol until its input ends. ``run`` does a job on a device's models, ``open_device`` makes those."""

    def __init__(self, settings: Settings, lines: Lines, open_device=None, run=None):
        self._settings, self._lines = settings, lines
        self._open, self._run = open_device or _open_device, run or _run
        self._devices = settings.workers()
        self._free: list = []  # models of devices without a job
        self._room = threading.Condition()
        self._jobs: dict[str, Job] = {}
        self._threads: set[threading.Thread] = set()
        self._loaded = False

    def serve(self) -> None:
        for message in self._lines.read():
            kind = message.get("type")
            if kind == "hello":
                self._hello()
            elif kind == "load":
                self._start(self._load)
            elif kind == "job":
                self._take(message)
            elif kind == "cancel":
                job = self._jobs.get(message.get("id"))
                if job:
                    job.cancelled.set()
            elif kind == "health":
                self._health()
            elif kind == "shutdown":
                break
        for job in list(self._jobs.values()):
            job.cancelled.set()
        for thread in list(self._threads):
            thread.join(timeout=4)  # the server kills who takes longer than 5 s

    def _start(self, work, *arguments) -> None:
        def whole() -> None:
            try:
                work(*arguments)
            finally:
                self._threads.discard(threading.current_thread())

        thread = threading.Thread(target=whole, daemon=True)
        self._threads.add(thread)
        thread.start()

    def _hello(self) -> None:
        s = self._settings
        self._lines.say(
            type="hello", protocol=PROTOCOL, name="ltx2", version=__version__, title="LTX-2",
            capabilities={
                "modes": ["replace_video", "replace_audio", "replace_audio_and_video"],
                "max_window": 20,
                "max_width": s.max_width,
                "max_height": s.max_height,
                "multiple": 32,
                # Whole rates: a clip of 29.97 is shown as one of 30, picture by picture, and stays 29.97.
                "rates": [[24, 1], [25, 1], [30, 1], [48, 1], [50, 1], [60, 1]],
                "frame_step": 8,
                "min_frames": 9,
                # A latent that the segment's edge may share, the feather's, and one to compare with the clip.
                "handle": 8 * (s.feather + 2),
                "concurrency": len(self._devices),
                "deterministic": True,
                "needs": "an NVIDIA GPU with 16 GB of memory or more, and about 71 GB of weights",
                "license": LICENSE,
                "sends_to": "",
            },
        )

    def _load(self) -> None:
        if self._loaded:
            self._lines.say(type="loaded")
            return
        try:
            weights.check(self._settings)
            count = len(self._devices)
            opened = []
            for i, device in enumerate(self._devices):
                opened.append(self._open(self._settings, device, self._devices,
                                         lambda f, phase, i=i: self._lines.say(type="progress", fraction=round((i + f) / count, 4), phase=phase)))
        except Exception as err:
            self._lines.say(**sort(err).line())
            return
        with self._room:
            self._free, self._loaded = opened, True
        self._lines.say(type="loaded")

    def _take(self, message: dict) -> None:
        if not self._loaded:
            self._lines.say(**Failure("broken", "The engine was given a job before it was loaded.").line(), id=message.get("id"))
            return
        job = Job(message, self._lines)
        self._jobs[job.id] = job
        self._start(self._work, job)

    def _work(self, job: Job) -> None:
        done = threading.Event()
        threading.Thread(target=_beat, args=(job, done), daemon=True).start()
        models = None
        try:
            models = self._wait(job)
            result = self._run(job.message, self._settings, models, job.progress)
            job.progress(1, "done")
            answer = {"type": "result", **result}
        except Exception as err:
            failure = sort(err)
            if failure.kind == "broken":
                traceback.print_exc(file=sys.stderr)
            del err
            answer = failure.line()
        finally:
            done.set()
            with self._room:
                if models is not None:
                    models.tidy()
                    self._free.append(models)
                self._room.notify_all()
        # The id is free before the answer is out: the server may use it again at once.
        del self._jobs[job.id]
        self._lines.say(**answer, id=job.id)

    def _wait(self, job: Job):
        """Takes a device that no other job has. The server sends no more jobs than there are devices, so this is short."""
        with self._room:
            while not self._free:
                if job.cancelled.is_set():
                    raise Cancelled()
                self._room.wait(0.2)
            return self._free.pop()

    def _health(self) -> None:
        with self._room:
            free = "; ".join(m.free() for m in self._free)
        self._lines.say(type="health", ok=True, message=free or ("busy" if self._loaded else "not loaded yet"))


def _beat(job: Job, done: threading.Event) -> None:
    while not done.wait(HEARTBEAT):
        job.beat()


def sort(err: Exception) -> Failure:
    """Turns anything that went wrong into what the server is told."""
    if isinstance(err, Failure):
        return err
    if type(err).__name__ == "OutOfMemoryError" or isinstance(err, MemoryError):
        return Failure(
            "out_of_memory",
            "The GPU's memory is too small for this. Try a shorter segment, or have the server's --max-size smaller, "
            "--quantization fp8-cast, --keep cpu or --offload layers.",
            detail=str(err),
        )
    return Failure("broken", "LTX-2 failed; the server's log has the reason.", detail="".join(traceback.format_exception(err))[-4000:])


def _open_device(settings: Settings, device: str, devices: tuple[str, ...], progress):
    from . import models

    models.check_devices(devices)
    opened = models.Models(settings, device)
    opened.load(progress)
    return opened


def _run(message: dict, settings: Settings, models, progress) -> dict:
    from . import retake

    return retake.run(message, settings, models, progress)
