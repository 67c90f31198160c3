"""Reads the window that Retake shows, and writes the answer. Colours keep to the matrix and range that are stated."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import torch

from .failure import Failure

# Weights of red and blue in luma: ITU-R BT.709-6, BT.601-7 (both of its systems), BT.2020-2; FCC and SMPTE 240M.
WEIGHTS = {
    "bt709": (0.2126, 0.0722),
    "smpte170m": (0.299, 0.114),
    "bt470bg": (0.299, 0.114),
    "fcc": (0.30, 0.11),
    "smpte240m": (0.212, 0.087),
    "bt2020nc": (0.2627, 0.0593),
}
# ffmpeg's numbers of these (ITU-T H.273, table 4).
MATRICES = {"bt709": 1, "fcc": 4, "bt470bg": 5, "smpte170m": 6, "smpte240m": 7, "bt2020nc": 9}
BATCH = 16  # pictures that are converted at once


@dataclass(frozen=True)
class Colour:
    """How the pictures' numbers stand for colours."""

    matrix: str
    full_range: bool

    @staticmethod
    def of(window: dict) -> "Colour":
        """Reads a job's window. A clip that states no matrix has the usual one of its size."""
        matrix = window.get("matrix") or ("bt709" if window["height"] >= 720 else "smpte170m")
        return Colour(matrix if matrix in WEIGHTS else "bt709", bool(window.get("full_range")))

    def scales(self) -> tuple[float, float, float]:
        """Returns the code value of black, and the spans of luma and of chroma, 8 bits."""
        return (0, 255, 255) if self.full_range else (16, 219, 224)

    def to_rgb(self, y: torch.Tensor, u: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        """Takes planes of code values of one size, [f, h, w], and returns [f, 3, h, w] in -1 to 1."""
        red, blue = WEIGHTS[self.matrix]
        green = 1 - red - blue
        black, luma, chroma = self.scales()
        y, u, v = (y - black) / luma, (u - 128) / chroma, (v - 128) / chroma
        r = y + 2 * (1 - red) * v
        b = y + 2 * (1 - blue) * u
        g = (y - red * r - blue * b) / green
        return torch.stack([r, g, b], dim=1).clamp_(0, 1).mul_(2).sub_(1)

    def to_yuv(self, rgb: torch.Tensor) -> torch.Tensor:
        """Takes [f, 3, h, w] in -1 to 1 and returns code values of the same shape, rounded, 8 bits."""
        red, blue = WEIGHTS[self.matrix]
        black, luma, chroma = self.scales()
        r, g, b = rgb.float().add(1).div_(2).clamp_(0, 1).unbind(dim=1)
        y = red * r + (1 - red - blue) * g + blue * b
        u = (b - y) / (2 * (1 - blue))
        v = (r - y) / (2 * (1 - red))
        planes = torch.stack([y * luma + black, u * chroma + 128, v * chroma + 128], dim=1)
        return planes.round_().clamp_(0, 255).to(torch.uint8)


def read_pictures(path: Path, frames: int, width: int, height: int, colour: Colour, dtype: torch.dtype) -> torch.Tensor:
    """Returns the window's pictures as [1, 3, frames, height, width] in -1 to 1."""
    pictures = torch.empty(1, 3, frames, height, width, dtype=dtype)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        at = 0
        for batch in _batches(container.decode(stream)):
            for frame in batch:
                if (frame.width, frame.height, frame.format.name) != (width, height, "yuv420p") and frame.format.name != "yuvj420p":
                    raise Failure("broken", "The window is not as the job says.", detail=f"{frame}, for {width}x{height} yuv420p")
            batch = batch[: frames - at]
            planes = [_planes(frame) for frame in batch]
            y = torch.from_numpy(np.stack([p[0] for p in planes])).float()
            u = _double(torch.from_numpy(np.stack([p[1] for p in planes])).float(), height, width)
            v = _double(torch.from_numpy(np.stack([p[2] for p in planes])).float(), height, width)
            pictures[0, :, at : at + len(batch)] = colour.to_rgb(y, u, v).transpose(0, 1).to(dtype)
            at += len(batch)
    if at != frames:
        raise Failure("broken", "The window is not as the job says.", detail=f"{at} pictures, for {frames}")
    return pictures


def _batches(frames: Iterator) -> Iterator[list]:
    batch = []
    for frame in frames:
        batch.append(frame)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _planes(frame: av.VideoFrame) -> list[np.ndarray]:
    planes = []
    for plane in frame.planes:
        rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
        planes.append(rows[:, : plane.width])
    return planes


def _double(chroma: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """Brings chroma of 4:2:0 to the size of luma. Its samples stand on the left luma column of two and between two rows
    (chroma sample location type 0, what H.264 means where it doesn't say)."""
    following = torch.cat([chroma[:, :, 1:], chroma[:, :, -1:]], dim=2)
    chroma = torch.stack([chroma, (chroma + following) / 2], dim=3).flatten(2)
    above = torch.cat([chroma[:, :1], chroma[:, :-1]], dim=1)
    below = torch.cat([chroma[:, 1:], chroma[:, -1:]], dim=1)
    chroma = torch.stack([chroma * 0.75 + above * 0.25, chroma * 0.75 + below * 0.25], dim=2).flatten(1, 2)
    return chroma[:, :height, :width]


def read_sound(path: Path, rate: int, duration: float) -> torch.Tensor:
    """Returns the window's sound as [1, 2, samples] from time 0 on, as long as its pictures."""
    sound = torch.zeros(2, round(duration * rate))
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        # One channel is given to both as it is; a resampler would take 3 dB off.
        resampler = av.AudioResampler(format="fltp", layout="mono" if stream.channels == 1 else "stereo", rate=rate)
        at = None
        for frame in itertools.chain(container.decode(stream), [None]):
            if at is None and frame is not None:
                at = round(float((frame.pts or 0) * frame.time_base) * rate)
            for part in resampler.resample(frame):
                at = _place(sound, part.to_ndarray(), at)
    return sound.unsqueeze(0)


def _place(sound: torch.Tensor, samples: np.ndarray, at: int) -> int:
    count = samples.shape[1]
    low, high = max(at, 0), min(at + count, sound.shape[1])
    if low < high:
        sound[:, low:high] = torch.from_numpy(samples[:, low - at : high - at])
    return at + count


def write_answer(path: Path, pictures: Iterator[torch.Tensor] | None, window: dict, colour: Colour,
                 sound: torch.Tensor | None, sound_rate: int) -> None:
    """Writes a Matroska file: pictures ([f, 3, h, w] in -1 to 1, a chunk at a time) as FFV1 of 4:4:4, sound ([2, samples])
    as PCM. Both are without loss, so that what is compared with the clip is the model's own."""
    rate = Fraction(*window["rate"])
    with av.open(str(path), "w", format="matroska") as container:
        video = audio = None
        if pictures is not None:
            video = container.add_stream("ffv1", rate=rate)
            video.width, video.height, video.pix_fmt = window["width"], window["height"], "yuv444p"
            context = video.codec_context
            context.time_base = 1 / rate
            context.colorspace, context.color_range = MATRICES[colour.matrix], 2 if colour.full_range else 1
        if sound is not None:
            audio = container.add_stream("pcm_f32le", rate=sound_rate, layout="stereo")
        if video is not None:
            _write_pictures(container, video, pictures, 1 / rate, colour)
        if audio is not None:
            _write_sound(container, audio, sound, sound_rate)


def _write_pictures(container, video, pictures: Iterator[torch.Tensor], unit: Fraction, colour: Colour) -> None:
    at = 0
    for chunk in pictures:
        for low in range(0, chunk.shape[0], BATCH):
            for planes in colour.to_yuv(chunk[low : low + BATCH]).cpu().numpy():
                frame = av.VideoFrame.from_ndarray(planes, format="yuv444p")
                frame.pts, frame.time_base = at, unit
                frame.colorspace, frame.color_range = MATRICES[colour.matrix], 2 if colour.full_range else 1
                container.mux(video.encode(frame))
                at += 1
    container.mux(video.encode(None))


def _write_sound(container, audio, sound: torch.Tensor, rate: int) -> None:
    samples = sound.float().clamp(-1, 1).t().contiguous().cpu().numpy()
    for low in range(0, len(samples), 4096):
        piece = samples[low : low + 4096].reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(piece), format="flt", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = rate, low, Fraction(1, rate)
        container.mux(audio.encode(frame))
    container.mux(audio.encode(None))
