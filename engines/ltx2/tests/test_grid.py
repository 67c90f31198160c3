"""Masks on the latent grid, held against what ltx_core itself says of it."""

import pytest
import torch
from ltx_core.components.patchifiers import AudioPatchifier, VideoLatentPatchifier, get_pixel_coords
from ltx_core.types import AudioLatentShape, SpatioTemporalScaleFactors, VideoLatentShape, VideoPixelShape

from retake_ltx2 import grid


@pytest.mark.parametrize(
    "first,count,marked",
    [
        (0, 1, [0]),
        (0, 2, [0, 1]),
        (1, 8, [1]),  # just latent 1
        (8, 1, [1]),
        (8, 2, [1, 2]),
        (9, 8, [2]),
        (10, 20, [2, 3, 4]),
        (32, 1, [4]),
        (0, 33, [0, 1, 2, 3, 4]),
    ],
)
def test_every_latent_that_holds_a_picture_of_the_segment_is_marked(first, count, marked):
    mask = grid.picture_mask(33, 24, first, count, 0)
    assert [k for k, s in enumerate(mask.strengths) if s == 1] == marked
    assert set(mask.strengths) <= {0, 1}


def test_latents_hold_the_pictures_that_the_model_says():
    shape = VideoLatentShape.from_pixel_shape(VideoPixelShape(1, 41, 32, 32, 24))
    bounds = get_pixel_coords(
        VideoLatentPatchifier(patch_size=1).get_patch_grid_bounds(shape, device="cpu"), SpatioTemporalScaleFactors.default(), causal_fix=True
    )[0, 0]
    assert shape.frames == grid.picture_latents(41)
    for picture in range(41):
        theirs = [k for k, (low, high) in enumerate(bounds.tolist()) if low <= picture < high]
        ours = [k for k, s in enumerate(grid.picture_mask(41, 24, picture, 1, 0).strengths) if s]
        assert ours == theirs, picture


def test_sound_latents_cover_the_seconds_that_the_model_says():
    shape = AudioLatentShape.from_video_pixel_shape(VideoPixelShape(1, 65, 32, 32, 24))
    assert grid.sound_latents(65, 24) == shape.frames
    theirs = AudioPatchifier(patch_size=1).get_patch_grid_bounds(shape)[0, 0]
    ours = torch.tensor([grid.sound_bounds(k) for k in range(shape.frames)])
    torch.testing.assert_close(ours, theirs)


def test_what_was_edited_covers_what_was_asked_for():
    for first in range(0, 40):
        for count in range(1, 41 - first):
            mask = grid.picture_mask(41, 30, first, count, 1)
            assert mask.start <= first / 30 + 1e-9 and mask.end >= (first + count) / 30 - 1e-9
    for start, end in [(0, 0.3), (0.331, 0.337), (1.0, 1.7)]:
        mask = grid.sound_mask(68, start, end, 2)
        assert mask.start <= start and mask.end >= end


def test_the_feather_falls_on_both_sides_and_stays_in_the_window():
    assert grid.picture_mask(57, 24, 17, 16, 1).strengths == (0, 0, 0.5, 1, 1, 0.5, 0, 0)
    assert grid.picture_mask(25, 24, 0, 9, 1).strengths == (1, 1, 0.5, 0)
    strengths = grid.sound_mask(50, 1.0, 1.2, 2).strengths
    at = strengths.index(1)
    assert [round(s, 2) for s in strengths[at - 3 : at + 1]] == [0, 0.33, 0.67, 1]


def test_nothing_is_marked_where_nothing_is_asked_for():
    assert grid.picture_mask(33, 24, 8, 0, 1).empty
    assert grid.sound_mask(10, 5, 6, 1).empty
    assert grid.sound_mask(10, 0.2, 0.2, 1).empty


def test_a_count_off_the_grid_is_refused():
    with pytest.raises(ValueError, match="32 pictures"):
        grid.picture_latents(32)
