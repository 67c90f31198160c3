"""What a user can set, by option or by environment variable."""

import argparse
import os
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    checkpoint: Path | None = None  # one .safetensors file with transformer, VAEs and vocoder
    gemma: Path | None = None  # the folder of the text encoder
    loras: tuple[tuple[Path, float], ...] = ()
    sampler: str = "auto"  # distilled, full
    steps: int = 0  # of the full sampler, 0: the checkpoint's own
    negative: str = ""  # what the full sampler steers away from, "": LTX-2's own list
    enhance: bool = False  # have Gemma write the prompt out first
    quantization: str = "none"  # fp8-cast, fp8-scaled-mm
    keep: str = "gpu"  # where weights stay between uses: gpu, cpu, disk
    offload: str = "none"  # layers: of transformer and text encoder only the layer at work is on the GPU
    devices: tuple[str, ...] = field(default_factory=tuple)  # (): all GPUs
    max_width: int = 1920  # of a picture that is wider than high
    max_height: int = 1088
    feather: int = 1  # latents of 8 pictures on each side of the segment
    sound_feather: int = 2  # latents of 40 ms

    def workers(self) -> tuple[str, ...]:
        """Returns the devices to work on, one job each, without asking torch."""
        if self.devices:
            return self.devices
        return tuple(f"cuda:{i}" for i in range(max(_gpus(), 1)))


def _gpus() -> int:
    """Counts the GPUs that this process may see. NVIDIA's driver shows a folder for each."""
    try:
        present = len(os.listdir("/proc/driver/nvidia/gpus"))
    except OSError:
        present = 0
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is None:
        return present
    return min(present, len([v for v in visible.split(",") if v.strip() not in ("", "-1")]))


def parse(arguments: list[str] | None = None) -> Settings:
    """Reads options; each has a default in the environment: RETAKE_LTX2_CHECKPOINT for --checkpoint."""
    parser = argparse.ArgumentParser(
        prog="retake-ltx2",
        description="LTX-2 as an engine of Retake. It is started by the server and speaks the engine protocol.",
    )

    def option(name: str, default: str, text: str, **more) -> None:
        variable = "RETAKE_LTX2_" + name.upper().replace("-", "_")
        parser.add_argument(f"--{name}", default=os.environ.get(variable, default), help=f"{text} [{variable}]", **more)

    option("checkpoint", "", "the LTX-2 checkpoint, one .safetensors file")
    option("gemma", "", "the folder of Gemma 3 12B, the text encoder")
    option("lora", "", "LoRA files with their strengths, as FILE:0.8,FILE")
    option("sampler", "auto", "distilled (8 steps) or full; auto goes by the checkpoint's name")
    option("steps", "0", "steps of the full sampler; 0: as many as the checkpoint is made for", type=int)
    option("negative-prompt", "", "what the full sampler steers away from")
    option("enhance-prompt", "no", "yes: Gemma writes the prompt out first")
    option("quantization", "none", "none, fp8-cast or fp8-scaled-mm")
    option("keep", "gpu", "where weights stay between uses: gpu, cpu or disk")
    option("offload", "none", "layers: only the layer at work is on the GPU")
    option("devices", "", "such as cuda:0,cuda:1 or cpu; all GPUs when empty")
    option("max-size", "1920x1088", "of the pictures that the model is shown; larger clips are scaled down for it")
    option("feather", "1", "latents of 8 pictures beside the segment that are made anew by half", type=int)
    option("sound-feather", "2", "the same for sound, latents of 40 ms", type=int)
    given = parser.parse_args(arguments)

    def one_of(name: str, value: str, *words: str) -> str:
        if value not in words:
            parser.error(f"--{name} is {value!r}; use {', '.join(words[:-1])} or {words[-1]}")
        return value

    width, _, height = given.max_size.partition("x")
    if not (width.isdigit() and height.isdigit()) or int(width) < 64 or int(height) < 64:
        parser.error(f"--max-size is {given.max_size!r}; use WIDTHxHEIGHT, such as 1280x704")
    for name in ("steps", "feather", "sound_feather"):
        if not 0 <= getattr(given, name) <= 200:
            parser.error(f"--{name.replace('_', '-')} is {getattr(given, name)}; use 0 to 200")
    return Settings(
        checkpoint=Path(given.checkpoint) if given.checkpoint else None,
        gemma=Path(given.gemma) if given.gemma else None,
        loras=_loras(parser, given.lora),
        sampler=one_of("sampler", given.sampler, "auto", "distilled", "full"),
        steps=given.steps,
        negative=given.negative_prompt,
        enhance=one_of("enhance-prompt", given.enhance_prompt, "yes", "no") == "yes",
        quantization=one_of("quantization", given.quantization, "none", "fp8-cast", "fp8-scaled-mm"),
        keep=one_of("keep", given.keep, "gpu", "cpu", "disk"),
        offload=one_of("offload", given.offload, "none", "layers"),
        devices=tuple(d.strip() for d in given.devices.split(",") if d.strip()),
        max_width=max(int(width), int(height)) // 32 * 32,
        max_height=min(int(width), int(height)) // 32 * 32,
        feather=given.feather,
        sound_feather=given.sound_feather,
    )


def _loras(parser: argparse.ArgumentParser, text: str) -> tuple[tuple[Path, float], ...]:
    loras = []
    for part in filter(None, (p.strip() for p in text.split(","))):
        name, colon, strength = part.rpartition(":")
        if not colon:
            name, strength = part, "1"
        try:
            loras.append((Path(name), float(strength)))
        except ValueError:
            parser.error(f"--lora: {strength!r} is no strength; use FILE:0.8")
    return tuple(loras)
