"""Whole jobs on the tiny model: the same code as with the real one, on the processor."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from retake_ltx2 import footage, grid, models, retake, settings
from retake_ltx2.failure import Cancelled


@pytest.fixture(scope="session")
def given(tiny_model):
    checkpoint, gemma = tiny_model
    return settings.parse(["--checkpoint", str(checkpoint), "--gemma", str(gemma), "--devices", "cpu"])


@pytest.fixture(scope="session")
def tiny(given):
    return models.Models(given, "cpu")


def job_of(window, mode, first=9, count=8, seed=5):
    rate = window["rate"][0] / window["rate"][1]
    return {"id": "1", "dir": str(Path(window["file"]).parent), "mode": mode, "prompt": "heavy snow", "seed": seed, "window": window,
            "segment": {"first": first, "frames": count, "start": first / rate, "end": (first + count) / rate}}


@pytest.fixture
def latents(monkeypatch):
    """Records the latents before and after the sampler."""
    seen = {}
    real = retake._denoise

    def denoise(work, before, *rest):
        after = real(work, before, *rest)
        seen.update(work=work, before=before, after=after)
        return after

    monkeypatch.setattr(retake, "_denoise", denoise)
    return seen


@pytest.mark.parametrize("mode", ["replace_video", "replace_audio", "replace_audio_and_video"])
def test_only_marked_latents_are_made_anew(given, tiny, window, latents, mode):
    result = retake.run(job_of(window(), mode), given, tiny, lambda *_: None)
    for i, mask in enumerate([latents["work"].pictures, latents["work"].sound]):
        before, after = (latents[when][i].to(torch.bfloat16) for when in ("before", "after"))
        for k, strength in enumerate(mask.strengths):
            same = torch.equal(before[:, :, k], after[:, :, k])
            assert same == (strength == 0), (i, k, strength)
    assert latents["work"].pictures.empty == (mode == "replace_audio")
    assert latents["work"].sound.empty == (mode == "replace_video")
    assert result["edited"]["start"] <= 9 / 24 and result["edited"]["end"] >= 17 / 24


def test_kept_pictures_come_back_as_the_vae_has_them(given, tiny, window):
    """Far enough from the mask that the decoder's convolutions don't reach it, an answer is what decoding the
    untouched latents gives."""
    w = window(frames=65)
    retake.run(job_of(w, "replace_video", first=49, count=8), replace(given, feather=0), tiny, lambda *_: None)
    colour = footage.Colour.of(w)
    with torch.inference_mode():
        pictures = footage.read_pictures(w["file"], 65, 96, 64, colour, models.DTYPE)
        with tiny.use("video_encoder") as encoder, tiny.use("video_decoder") as decoder:
            through = decoder(encoder.tiled_encode(pictures, retake.TilingConfig.default()))
    expected = colour.to_yuv(through[0].transpose(0, 1))[:17]
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", str(Path(w["file"]).parent / "answer.mkv"), "-frames:v", "17", "-pix_fmt", "yuv444p",
                          "-f", "rawvideo", "-"], check=True, capture_output=True).stdout
    got = torch.frombuffer(bytearray(raw), dtype=torch.uint8).view(17, 3, 64, 96)
    # 16 bits round differently where tiles are laid over one another.
    assert (got.int() - expected.int()).abs().float().mean() < 1.5


@pytest.mark.parametrize("rate,frames", [((24, 1), 33), ((30, 1), 41), ((25, 1), 25)])
def test_answers_have_the_windows_count_rate_and_length(given, tiny, window, rate, frames):
    w = window(frames=frames, rate=rate)
    result = retake.run(job_of(w, "replace_audio_and_video"), given, tiny, lambda *_: None)
    out = subprocess.run(["ffprobe", "-v", "error", "-count_packets", "-show_entries", "stream=codec_type,r_frame_rate,nb_read_packets,width,height",
                          "-of", "csv=p=0", str(Path(w["file"]).parent / result["file"])], check=True, capture_output=True, text=True).stdout
    assert f"video,96,64,{rate[0]}/{rate[1]},{frames}" in out
    heard = footage.read_sound(Path(w["file"]).parent / result["file"], 48000, 60)
    assert heard.shape[2] == 60 * 48000


def test_a_silent_clip_is_silent_to_the_model(given, tiny, window, latents):
    """Its sound is silence's latents, kept where nothing is asked for; not noise."""
    retake.run(job_of(window(sound=False), "replace_audio"), given, tiny, lambda *_: None)
    work, before, after = latents["work"], latents["before"][1], latents["after"][1]
    with torch.inference_mode(), tiny.use("audio_encoder") as encoder:
        silence = retake.encode_audio(retake.Audio(torch.zeros(1, 2, round(work.duration * 48000)), 48000), encoder)
    assert torch.equal(before[:, :, :20], silence[:, :, :20])
    kept = [k for k, s in enumerate(work.sound.strengths) if s == 0]
    assert kept and all(torch.equal(before[:, :, k].to(torch.bfloat16), after[:, :, k]) for k in kept)


def test_the_same_seed_gives_the_same_answer_and_another_does_not(given, tiny, window, latents):
    w = window()
    answers = []
    for seed in (5, 5, 6):
        retake.run(job_of(w, "replace_video", seed=seed), given, tiny, lambda *_: None)
        answers.append(latents["after"][0].clone())
    assert torch.equal(answers[0], answers[1]) and not torch.equal(answers[0], answers[2])


def test_the_prompt_matters(given, tiny, window, latents):
    w = window()
    answers = []
    for prompt in ("heavy snow", "rain on the hill"):
        retake.run({**job_of(w, "replace_video"), "prompt": prompt}, given, tiny, lambda *_: None)
        answers.append(latents["after"][0].clone())
    assert not torch.equal(*answers)


@pytest.mark.parametrize("phase", ["reading the prompt", "encoding pictures", "denoising, step 3 of 8", "decoding"])
def test_cancelling_ends_a_job_in_every_phase(given, tiny, window, phase):
    def progress(fraction, now):
        if now.startswith(phase):
            raise Cancelled()

    with pytest.raises(Cancelled):
        retake.run(job_of(window(), "replace_video"), given, tiny, progress)


def test_progress_grows_and_tells_steps(given, tiny, window):
    told = []
    retake.run(job_of(window(), "replace_video"), given, tiny, lambda f, phase: told.append((f, phase)))
    assert [f for f, _ in told] == sorted(f for f, _ in told) and told[-1][0] <= 1
    assert any("step 8 of 8" in phase and "left" in phase for _, phase in told)


def test_the_full_sampler_steers(given, tiny, window, latents):
    full = replace(given, sampler="full", steps=2)
    told = []
    # The tiny model has fewer blocks than the one that guidance is told to disturb.
    tiny.params = replace(tiny.params, video_guider_params=replace(tiny.params.video_guider_params, stg_blocks=[1]),
                          audio_guider_params=replace(tiny.params.audio_guider_params, stg_blocks=[1]))
    retake.run(job_of(window(), "replace_video"), full, tiny, lambda f, phase: told.append(phase))
    assert any("step 2 of 2" in phase for phase in told)
    assert latents["after"][0].isfinite().all()


def test_the_prompt_is_written_out_when_asked(given, tiny, window):
    result = retake.run(job_of(window(), "replace_video"), replace(given, enhance=True), tiny, lambda *_: None)
    # What random weights write is no sentence, but it is written, and told.
    assert result["reading"] and result["reading"] != "heavy snow"


@pytest.mark.parametrize("change", [{"keep": "disk"}, {"keep": "cpu"}, {"quantization": "fp8-cast"}])
def test_ways_to_save_memory_work(given, window, latents, change):
    other = replace(given, **change)
    retake.run(job_of(window(frames=25), "replace_video"), other, models.Models(other, "cpu"), lambda *_: None)
    assert latents["after"][0].isfinite().all()


def test_grid_and_model_agree_on_sizes(given, tiny, window, latents):
    retake.run(job_of(window(frames=41), "replace_video"), given, tiny, lambda *_: None)
    assert latents["before"][0].shape[2:] == (grid.picture_latents(41), 2, 3)
