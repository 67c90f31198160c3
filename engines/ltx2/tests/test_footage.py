"""Pictures and sound in and out, measured against ffmpeg's own reading."""

import subprocess

import numpy as np
import pytest
import torch

from retake_ltx2 import footage
from retake_ltx2.failure import Failure


def planes(path, frames, width, height, full):
    """Returns luma and chroma as ffmpeg decodes them, 4:4:4, in their own range."""
    keep = "scale=in_range={0}:out_range={0}".format("full" if full else "limited")
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", str(path), "-vf", keep, "-pix_fmt", "yuv444p", "-f", "rawvideo", "-"], check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(frames, 3, height, width).astype(int)


@pytest.mark.parametrize("matrix,full", [("bt709", False), ("smpte170m", False), ("bt709", True), ("bt2020nc", False)])
def test_pictures_come_back_within_a_code_value(window, tmp_path, matrix, full):
    w = window(frames=17, sound=False, matrix=matrix, full=full)
    colour = footage.Colour.of(w)
    pictures = footage.read_pictures(w["file"], 17, 96, 64, colour, torch.float32)
    footage.write_answer(tmp_path / "answer.mkv", iter([pictures[0].transpose(0, 1)]), w, colour, None, 0)
    before = planes(w["file"], 17, 96, 64, full)
    after = planes(tmp_path / "answer.mkv", 17, 96, 64, full)
    # Chroma was brought to luma's size in two ways: its means must agree.
    assert abs(after[:, 0] - before[:, 0]).mean() < 0.5
    assert abs(after.mean(axis=(0, 2, 3)) - before.mean(axis=(0, 2, 3))).max() < 0.5


def test_grey_is_kept_to_the_code_value():
    colour = footage.Colour("bt709", False)
    y = torch.arange(16, 236, dtype=torch.float32).view(1, 1, -1)
    grey = torch.full_like(y, 128)
    back = colour.to_yuv(colour.to_rgb(y, grey, grey))
    assert torch.equal(back[0, 0], y[0].to(torch.uint8)) and (back[0, 1:] == 128).all()


def test_a_window_without_a_matrix_has_that_of_its_size():
    assert footage.Colour.of({"height": 1088, "matrix": ""}).matrix == "bt709"
    assert footage.Colour.of({"height": 544}).matrix == "smpte170m"


def test_chroma_stands_where_h264_puts_it():
    chroma = torch.tensor([[[0.0, 100.0]]]).expand(1, 2, 2)
    assert footage._double(chroma, 4, 4)[0, 0].tolist() == [0, 50, 100, 100]


def test_the_answer_has_the_windows_rate_times_and_tags(window, tmp_path):
    w = window(frames=17, rate=(30, 1))
    colour = footage.Colour.of(w)
    sound = torch.zeros(2, 48000 * 17 // 30)
    footage.write_answer(tmp_path / "a.mkv", iter([torch.zeros(17, 3, 64, 96)]), w, colour, sound, 48000)
    out = subprocess.run(["ffprobe", "-v", "error", "-count_packets", "-show_entries",
                          "stream=codec_name,r_frame_rate,nb_read_packets,color_space,color_range:format=duration", "-of", "default=nw=1",
                          str(tmp_path / "a.mkv")], check=True, capture_output=True, text=True).stdout
    for line in ["codec_name=ffv1", "r_frame_rate=30/1", "nb_read_packets=17", "color_space=smpte170m", "color_range=tv", "codec_name=pcm_f32le", "duration=0.567000"]:
        assert line in out.splitlines(), out


def test_sound_is_where_the_pictures_are(window):
    w = window(frames=33)
    sound = footage.read_sound(w["file"], 48000, 33 / 24)
    assert sound.shape == (1, 2, 66000)
    phase = torch.arange(66000) / 48000 * 2 * torch.pi * 330
    heard = sound[0, 0, 4800:60000]
    amplitude = (heard * torch.sin(phase[4800:60000])).mean() * 2
    # Sound that came a packet of 1024 samples late would be out of phase.
    assert amplitude > 0.95 * heard.pow(2).mean().sqrt() * 2**0.5


def test_a_window_of_another_length_is_told(window):
    w = window(frames=17, sound=False)
    with pytest.raises(Failure) as err:
        footage.read_pictures(w["file"], 25, 96, 64, footage.Colour.of(w), torch.float32)
    assert err.value.kind == "broken"
