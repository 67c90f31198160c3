"""Where a segment lies on the latent grid of LTX-2. Plain arithmetic.

Pictures: latent 0 holds picture 0, latent k holds pictures 8k-7 to 8k (a causal VAE that shrinks time by 8).
Sound: 25 latents a second, each of four columns of a spectrogram with one every 10 ms; latent k covers 0.01 * (4k-3) to
0.01 * (4k+1) seconds, from 0 on, as ltx_core's AudioPatchifier has it.
"""

import math
from dataclasses import dataclass

PICTURES = 8  # of a latent
SIDE = 32  # pixels of a latent
SOUND_RATE = 25  # latents a second
COLUMN = 0.01  # seconds of a spectrogram's column
COLUMNS = 4  # of a latent


@dataclass(frozen=True)
class Mask:
    """How strongly each latent is made anew, 0 (kept) to 1, and the seconds that this touches."""

    strengths: tuple[float, ...]
    start: float
    end: float

    @property
    def empty(self) -> bool:
        return not any(self.strengths)


def picture_latents(frames: int) -> int:
    """Returns the latents of so many pictures, which are a multiple of 8 and one more."""
    if frames < 1 or (frames - 1) % PICTURES:
        raise ValueError(f"{frames} pictures are no multiple of {PICTURES} and one more")
    return (frames - 1) // PICTURES + 1


def picture_mask(frames: int, rate: float, first: int, count: int, feather: int) -> Mask:
    """Marks every latent that holds one of ``count`` pictures from ``first`` on, and a falling ramp of ``feather``
    latents outside. ``frames`` and ``rate`` (pictures a second) are the window's."""
    latents = picture_latents(frames)
    if count == 0:
        return Mask((0.0,) * latents, 0, 0)
    marked = range(math.ceil(first / PICTURES), math.ceil((first + count - 1) / PICTURES) + 1)
    strengths = _ramp(latents, marked, feather)
    low, high = _touched(strengths)
    start = max(PICTURES * low - PICTURES + 1, 0)
    return Mask(strengths, start / rate, (PICTURES * high + 1) / rate)


def sound_latents(frames: int, rate: float) -> int:
    """Returns the latents of the sound under so many pictures."""
    return round(frames / rate * SOUND_RATE)


def sound_bounds(latent: int) -> tuple[float, float]:
    """Returns the seconds that a latent covers."""
    return max(COLUMNS * latent + 1 - COLUMNS, 0) * COLUMN, (COLUMNS * latent + 1) * COLUMN


def sound_mask(latents: int, start: float, end: float, feather: int) -> Mask:
    """Marks every latent that covers a part of [start, end) seconds, none where that is empty, and a ramp of ``feather``
    latents outside."""
    bounds = [sound_bounds(k) for k in range(latents)]
    marked = [k for k, (low, high) in enumerate(bounds) if max(low, start) < min(high, end)]
    if not marked:
        return Mask((0.0,) * latents, 0, 0)
    strengths = _ramp(latents, range(marked[0], marked[-1] + 1), feather)
    low, high = _touched(strengths)
    return Mask(strengths, bounds[low][0], bounds[high][1])


def _ramp(latents: int, marked: range, feather: int) -> tuple[float, ...]:
    strengths = []
    for k in range(latents):
        away = max(marked.start - k, k - (marked.stop - 1), 0)
        strengths.append(max(1 - away / (feather + 1), 0.0))
    return tuple(strengths)


def _touched(strengths: tuple[float, ...]) -> tuple[int, int]:
    touched = [k for k, s in enumerate(strengths) if s > 0]
    return touched[0], touched[-1]
