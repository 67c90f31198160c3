"""One job: the marked part of a window made anew by LTX-2.

It stands on the parts of ltx_core and ltx_pipelines rather than on their RetakePipeline, which can't be cancelled, makes all
of the pictures anew when only sound is asked for, invents sound for a silent clip, and rounds colours down.
"""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import torch
from ltx_core.components.diffusion_steps import EulerDiffusionStep
from ltx_core.components.guiders import MultiModalGuider
from ltx_core.components.noisers import GaussianNoiser
from ltx_core.components.patchifiers import AudioPatchifier, VideoLatentPatchifier
from ltx_core.components.schedulers import LTX2Scheduler
from ltx_core.model.audio_vae import decode_audio, encode_audio
from ltx_core.model.video_vae import TilingConfig
from ltx_core.tools import AudioLatentTools, LatentTools, VideoLatentTools
from ltx_core.types import Audio, AudioLatentShape, LatentState, VideoLatentShape, VideoPixelShape
from ltx_pipelines.utils.constants import DEFAULT_NEGATIVE_PROMPT, DISTILLED_SIGMA_VALUES
from ltx_pipelines.utils.helpers import (
    clean_response,
    multi_modal_guider_denoising_func,
    post_process_latent,
    simple_denoising_func,
)

from . import footage, grid
from .failure import Failure
from .models import DTYPE, Models
from .settings import Settings

SOUND_RATE = 48000  # of what is read; the encoder takes it to its own
Progress = Callable[[float, str], None]  # also raises Cancelled

# How much of a job each phase is, about, on a GPU.
TEXT, ENCODED, DENOISED = 0.05, 0.12, 0.85


@dataclass(frozen=True)
class Work:
    """A job with what follows from it."""

    job: dict
    shape: VideoPixelShape
    pictures: grid.Mask
    sound: grid.Mask

    @staticmethod
    def of(job: dict, settings: Settings) -> "Work":
        window, segment, mode = job["window"], job["segment"], job["mode"]
        rate = float(Fraction(*window["rate"]))
        shape = VideoPixelShape(1, window["frames"], window["height"], window["width"], rate)
        if (shape.frames - 1) % grid.PICTURES or shape.height % grid.SIDE or shape.width % grid.SIDE:
            raise Failure("broken", "The window doesn't fit the model's grid.", detail=f"{shape}")
        count = segment["frames"] if mode != "replace_audio" else 0
        pictures = grid.picture_mask(shape.frames, rate, segment["first"], count, settings.feather)
        end = segment["end"] if mode != "replace_video" else segment["start"]
        sound = grid.sound_mask(grid.sound_latents(shape.frames, rate), segment["start"], end, settings.sound_feather)
        return Work(job, shape, pictures, sound)

    @property
    def duration(self) -> float:
        return self.shape.frames / self.shape.fps

    def edited(self) -> dict:
        """Returns the span of the window that is made anew, of pictures and sound together, seconds."""
        masks = [m for m in (self.pictures, self.sound) if not m.empty]
        end = min(max(m.end for m in masks), self.duration)
        return {"start": min(m.start for m in masks), "end": max(end, self.job["segment"]["end"])}


@torch.inference_mode()
def run(job: dict, settings: Settings, models: Models, progress: Progress) -> dict:
    """Does a job and returns the fields of its result. ``progress`` is called between steps and raises Cancelled."""
    work = Work.of(job, settings)
    seed = job["seed"]
    generator = torch.Generator(device=models.device).manual_seed(seed % (1 << 63))
    progress(0, "reading the prompt")
    contexts, reading = _encode_prompt(job["prompt"], seed, settings, models)
    progress(TEXT, "reading the window")
    latents = _encode_window(work, models, progress)
    progress(ENCODED, "denoising")
    latents = _denoise(work, latents, contexts, generator, settings, models, progress)
    progress(DENOISED, "decoding")
    answer = _decode(work, latents, generator, models, progress)
    return {"file": answer, "edited": work.edited(), "seed": seed, "reading": reading, "warnings": []}


def distilled(settings: Settings) -> bool:
    """Tells which sampler a checkpoint is for."""
    if settings.sampler == "auto":
        return "distilled" in settings.checkpoint.name or any("distilled" in p.name for p, _ in settings.loras)
    return settings.sampler == "distilled"


def _encode_prompt(prompt: str, seed: int, settings: Settings, models: Models):
    """Returns the contexts of the prompt and, for the full sampler, of what to steer away from; and the prompt as it was
    written out, "" when it was not."""
    reading = ""
    with models.use("text_encoder") as encoder:
        if settings.enhance:
            reading = prompt = _write_out(encoder, prompt, seed, models.device)
        prompts = [prompt] if distilled(settings) else [prompt, settings.negative or DEFAULT_NEGATIVE_PROMPT]
        hidden = [encoder.encode(text) for text in prompts]
    with models.use("gemma_embeddings_processor") as processor:
        return [processor.process_hidden_states(states, mask) for states, mask in hidden], reading


def _write_out(encoder, prompt: str, seed: int, device: torch.device) -> str:
    """Has Gemma say at length what the prompt says in short, by LTX-2's own instruction. ltx_core's function for it needs
    a GPU."""
    tokenizer = encoder.processor.tokenizer
    messages = [{"role": "system", "content": encoder.default_gemma_t2v_system_prompt}, {"role": "user", "content": f"user prompt: {prompt}"}]
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    tokens = tokenizer(text, return_tensors="pt").to(device)
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed % (1 << 63))
        written = encoder.model.generate(input_ids=tokens.input_ids, attention_mask=tokens.attention_mask,
                                         max_new_tokens=512, do_sample=True, temperature=0.7)
    said = clean_response(tokenizer.decode(written[0][tokens.input_ids.shape[1]:], skip_special_tokens=True))
    return said or prompt


def _encode_window(work: Work, models: Models, progress: Progress) -> tuple[torch.Tensor, torch.Tensor]:
    """Returns the latents of the window's pictures and of its sound, which is silence where the clip has none."""
    window, path = work.job["window"], Path(work.job["window"]["file"])
    pictures = footage.read_pictures(path, work.shape.frames, work.shape.width, work.shape.height, footage.Colour.of(window), DTYPE)
    progress(TEXT, "encoding pictures")
    with models.use("video_encoder") as encoder:
        video = encoder.tiled_encode(pictures, TilingConfig.default()).to(models.device)
    del pictures
    progress((TEXT + ENCODED) / 2, "encoding sound")
    if window.get("sound"):
        waveform = footage.read_sound(path, SOUND_RATE, work.duration)
    else:
        waveform = torch.zeros(1, 2, round(work.duration * SOUND_RATE))
    with models.use("audio_encoder") as encoder:
        # The spectrogram is worked out in 32 bits: in 16, quiet sound drowns.
        sound = encode_audio(Audio(waveform=waveform, sampling_rate=SOUND_RATE), encoder)
    want = len(work.sound.strengths)
    if sound.shape[2] < want:
        sound = torch.nn.functional.pad(sound, (0, 0, 0, want - sound.shape[2]))
    return video, sound[:, :, :want]


def _state(tools: LatentTools, latent: torch.Tensor, mask: grid.Mask, noiser: GaussianNoiser, device) -> LatentState:
    """Returns noise where the mask marks, and the clip's own latents elsewhere."""
    state = tools.create_initial_state(device, DTYPE, latent.to(DTYPE))
    strengths = torch.tensor(mask.strengths, dtype=state.denoise_mask.dtype, device=device)
    each = state.denoise_mask.shape[1] // len(mask.strengths)  # tokens of a latent of time
    marked = strengths.repeat_interleave(each).view(1, -1, 1).expand_as(state.denoise_mask)
    return noiser(replace(state, denoise_mask=marked.clone()), 1.0)


def _denoise(work: Work, latents, contexts, generator, settings: Settings, models: Models, progress: Progress):
    """Runs the sampler and returns the latents of pictures and sound. What the masks leave out is what it was."""
    device, noiser, stepper = models.device, GaussianNoiser(generator=generator), EulerDiffusionStep()
    video_tools = VideoLatentTools(VideoLatentPatchifier(patch_size=1), VideoLatentShape.from_pixel_shape(work.shape), work.shape.fps)
    sound_tools = AudioLatentTools(AudioPatchifier(patch_size=1), AudioLatentShape.from_video_pixel_shape(work.shape))
    video = _state(video_tools, latents[0], work.pictures, noiser, device)
    sound = _state(sound_tools, latents[1], work.sound, noiser, device)
    with models.use("transformer") as transformer:
        sigmas, denoise = _sampler(contexts, transformer, settings, models)
        began = time.monotonic()
        steps = len(sigmas) - 1
        for step in range(steps):
            progress(ENCODED + (DENOISED - ENCODED) * step / steps, _left(step, steps, time.monotonic() - began))
            new_video, new_sound = denoise(video, sound, sigmas, step)
            new_video = post_process_latent(new_video, video.denoise_mask, video.clean_latent)
            new_sound = post_process_latent(new_sound, sound.denoise_mask, sound.clean_latent)
            video = replace(video, latent=stepper.step(video.latent, new_video, sigmas, step))
            sound = replace(sound, latent=stepper.step(sound.latent, new_sound, sigmas, step))
    return video_tools.unpatchify(_kept(video)).latent, sound_tools.unpatchify(_kept(sound)).latent


def _kept(state: LatentState) -> LatentState:
    """Puts what the mask leaves out back to the bit: steps of 16 bits round."""
    return replace(state, latent=torch.where(state.denoise_mask > 0, state.latent, state.clean_latent))


def _sampler(contexts, transformer, settings: Settings, models: Models):
    """Returns the schedule of noise and the function of a step."""
    positive = contexts[0]
    if distilled(settings):
        sigmas = torch.tensor(DISTILLED_SIGMA_VALUES)
        denoise = simple_denoising_func(positive.video_encoding, positive.audio_encoding, transformer)
    else:
        params, negative = models.params, contexts[1]
        sigmas = LTX2Scheduler().execute(steps=settings.steps or params.num_inference_steps)
        denoise = multi_modal_guider_denoising_func(
            MultiModalGuider(params=params.video_guider_params, negative_context=negative.video_encoding),
            MultiModalGuider(params=params.audio_guider_params, negative_context=negative.audio_encoding),
            v_context=positive.video_encoding,
            a_context=positive.audio_encoding,
            transformer=transformer,
        )
    return sigmas.to(dtype=torch.float32, device=models.device), denoise


def _left(step: int, steps: int, seconds: float) -> str:
    """Returns what to show of a step: which it is, and how long the others take if they go on like this."""
    text = f"denoising, step {step + 1} of {steps}"
    if step == 0:
        return text
    left = math.ceil(seconds / step * (steps - step))
    return f"{text}, about {left} s left" if left < 120 else f"{text}, about {round(left / 60)} min left"


def _decode(work: Work, latents, generator, models: Models, progress: Progress) -> str:
    """Writes the answer into the job's folder and returns its name."""
    mode, name = work.job["mode"], "answer.mkv"
    waveform, rate = None, 0
    if mode != "replace_video":
        with models.use("audio_decoder") as decoder, models.use("vocoder") as vocoder:
            heard = decode_audio(latents[1], decoder, vocoder)
        rate, want = heard.sampling_rate, round(work.duration * heard.sampling_rate)
        # The causal decoder ends up to 30 ms before the pictures do.
        waveform = torch.nn.functional.pad(heard.waveform, (0, max(want - heard.waveform.shape[-1], 0)))[..., :want]

    def write(pictures: Iterator[torch.Tensor] | None) -> None:
        colour = footage.Colour.of(work.job["window"])
        footage.write_answer(Path(work.job["dir"]) / name, pictures, work.job["window"], colour, waveform, rate)

    if mode == "replace_audio":
        write(None)
        return name
    with models.use("video_decoder") as decoder:

        def chunks() -> Iterator[torch.Tensor]:
            done = 0
            for chunk in decoder.tiled_decode(latents[0], TilingConfig.default(), generator=generator):
                yield chunk[0].transpose(0, 1)
                done += chunk.shape[2]
                progress(DENOISED + (1 - DENOISED) * min(done / work.shape.frames, 1) * 0.99, "decoding")

        write(chunks())
    return name
