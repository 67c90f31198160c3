"""The protocol, with a stand-in for the model: what a server sends, and what comes back."""

import io
import json
import queue
import subprocess
import sys
import threading

import pytest

from retake_ltx2 import settings, worker
from retake_ltx2.failure import Failure
from retake_ltx2.lines import Lines

JOB = {"type": "job", "id": "1", "dir": "/nowhere", "mode": "replace_video"}


class Device:
    def free(self):
        return "some"

    def tidy(self):
        pass


class Talk:
    """A worker in a thread, and both ends of its lines."""

    def __init__(self, monkeypatch, run=None, open_device=None, devices="cpu"):
        monkeypatch.setattr(worker.weights, "check", lambda settings: None)
        self._input, self._said = queue.Queue(), queue.Queue()
        talk = self

        class Source:
            def __iter__(self):
                return iter(talk._input.get, None)

        class Sink(io.StringIO):
            def write(self, text):
                talk._said.put(json.loads(text))

        s = settings.parse(["--devices", devices])
        self._worker = worker.Worker(s, Lines(Source(), Sink()), open_device or (lambda *_: Device()), run)
        self._thread = threading.Thread(target=self._worker.serve, daemon=True)
        self._thread.start()

    def send(self, line):
        self._input.put(line if isinstance(line, str) else json.dumps(line))

    def until(self, kind):
        while True:
            line = self._said.get(timeout=20)
            if line["type"] == kind:
                return line

    def load(self):
        self.send({"type": "load"})
        self.until("loaded")

    def end(self):
        self._input.put(None)
        self._thread.join(timeout=20)
        return not self._thread.is_alive()


def test_hello_tells_the_grid(monkeypatch):
    talk = Talk(monkeypatch, devices="cuda:0,cuda:1")
    talk.send({"type": "hello", "protocol": 9})
    said = talk.until("hello")
    assert said["protocol"] == 1 and said["capabilities"]["frame_step"] == 8 and said["capabilities"]["multiple"] == 32
    assert said["capabilities"]["concurrency"] == 2
    assert talk.end()


def test_hello_needs_no_torch():
    code = "import sys; from retake_ltx2 import settings, worker, lines; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_a_job_is_done_with_progress(monkeypatch):
    def run(job, settings, models, progress):
        progress(0.5, "half")
        progress(0.2, "never back")
        return {"file": "answer.mkv", "seed": job["seed"]}

    talk = Talk(monkeypatch, run)
    talk.load()
    talk.send({**JOB, "seed": 3})
    assert talk.until("progress")["fraction"] == 0.5
    assert talk.until("progress")["fraction"] == 0.5
    assert talk.until("result") == {"type": "result", "id": "1", "file": "answer.mkv", "seed": 3}
    assert talk.end()


def test_a_cancelled_job_stops_at_its_next_step(monkeypatch):
    began = threading.Event()

    def run(job, settings, models, progress):
        while True:
            progress(0.1, "step")
            began.set()

    talk = Talk(monkeypatch, run)
    talk.load()
    talk.send(JOB)
    assert began.wait(20)
    talk.send({"type": "cancel", "id": "1"})
    assert talk.until("error")["kind"] == "cancelled"
    talk.send({"type": "health"})
    assert talk.until("health")["ok"]
    assert talk.end()


def test_jobs_take_devices_in_turn(monkeypatch):
    both = threading.Barrier(2, timeout=20)

    def run(job, settings, models, progress):
        both.wait()
        return {"file": models.name}

    def open_device(settings, device, devices, progress):
        opened = Device()
        opened.name = device
        return opened

    talk = Talk(monkeypatch, run, open_device, devices="cpu,meta")
    talk.load()
    talk.send({**JOB, "id": "a"})
    talk.send({**JOB, "id": "b"})
    assert {talk.until("result")["file"], talk.until("result")["file"]} == {"cpu", "meta"}
    assert talk.end()


@pytest.mark.parametrize(
    "wrong,kind",
    [(RuntimeError("odd"), "broken"), (MemoryError(), "out_of_memory"), (Failure("bad_request", "no", field="prompt"), "bad_request")],
)
def test_what_goes_wrong_is_told_by_kind(monkeypatch, wrong, kind):
    def run(job, settings, models, progress):
        raise wrong

    talk = Talk(monkeypatch, run)
    talk.load()
    talk.send(JOB)
    said = talk.until("error")
    assert said["kind"] == kind and said["id"] == "1"
    assert "odd" not in said["message"]
    assert talk.end()


def test_the_gpus_own_lack_of_memory_is_told():
    import torch

    assert worker.sort(torch.OutOfMemoryError("CUDA out of memory")).kind == "out_of_memory"


def test_lines_that_say_nothing_are_left(monkeypatch):
    talk = Talk(monkeypatch)
    for line in ["no json\n", "[1]\n", '{"type":"later"}\n', '{"no":"type"}\n']:
        talk.send(line)
    talk.send({"type": "hello", "protocol": 1})
    assert talk.until("hello")
    assert talk.end()


def test_missing_weights_are_named_with_where_to_get_them(tmp_path):
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes((20).to_bytes(8, "little") + b'{"a":{"data_offsets":[0,9]}}'.ljust(20))
    (tmp_path / "gemma").mkdir()
    s = settings.parse(["--checkpoint", str(cut), "--gemma", str(tmp_path / "gemma")])
    with pytest.raises(Failure) as err:
        worker.weights.check(s)
    assert err.value.kind == "unavailable"
    for word in ["cut.safetensors", "tokenizer.model", "model*.safetensors"]:
        assert word in err.value.message
    assert str(tmp_path) not in err.value.message
    assert "46 GB" in err.value.detail and "License" in err.value.detail


def test_a_machine_without_a_gpu_is_told():
    import torch

    from retake_ltx2 import models

    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    with pytest.raises(Failure, match="no NVIDIA GPU"):
        models.check_devices(("cuda:0",))


def test_settings_come_from_the_environment_and_say_what_is_wrong(monkeypatch, capsys):
    monkeypatch.setenv("RETAKE_LTX2_MAX_SIZE", "704x1280")
    assert (settings.parse([]).max_width, settings.parse([]).max_height) == (1280, 704)
    for wrong in (["--max-size", "big"], ["--keep", "here"], ["--lora", "a:b"], ["--feather", "-1"]):
        with pytest.raises(SystemExit):
            settings.parse(wrong)
        assert wrong[0] in capsys.readouterr().err
