"""What several tests stand on: the tiny model, made once, and windows as the server would write them."""

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory):
    """Returns the paths of a checkpoint and a text encoder of the same architecture as LTX-2.3, with random weights."""
    import tiny

    return tiny.make(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def window(tmp_path):
    """Returns a function that writes a window of 17 to 65 pictures and describes it as a job does."""

    def make(frames=33, rate=(24, 1), sound=True, width=96, height=64, matrix="smpte170m", full=False):
        path = tmp_path / "window.mp4"
        seconds = frames * rate[1] / rate[0]
        command = ["ffmpeg", "-y", "-v", "error", "-f", "lavfi", "-i", f"testsrc2=size={width}x{height}:rate={rate[0]}/{rate[1]}"]
        if sound:
            command += ["-f", "lavfi", "-i", "sine=330:r=48000", "-c:a", "aac"]
        # Paler than the test picture is: colours that no RGB has don't come back.
        command += ["-vf", f"trim=end_frame={frames},hue=s=0.4,scale=out_color_matrix={matrix}:out_range={'full' if full else 'limited'},format=yuv420p",
                    "-colorspace", matrix, "-color_range", "pc" if full else "tv",
                    "-t", f"{seconds:.6f}", "-c:v", "libx264", "-crf", "4", str(path)]
        subprocess.run(command, check=True)
        return {"file": str(path), "frames": frames, "real": frames, "width": width, "height": height, "rate": list(rate),
                "matrix": matrix, "full_range": full, "sound": {"rate": 48000, "channels": 1} if sound else None}

    return make
