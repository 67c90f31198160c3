"""Which files the model is read from, and what to tell who lacks one."""

import json
from pathlib import Path

from .failure import Failure
from .settings import Settings

WHERE = """
LTX-2 reads two sets of weights:
  - the checkpoint, one file of about 46 GB: ltx-2.3-22b-distilled-1.1.safetensors from Lightricks/LTX-2.3 on Hugging Face,
    under the LTX-2 Community License. Set it with --checkpoint FILE or RETAKE_LTX2_CHECKPOINT.
  - the text encoder, a folder of about 25 GB: all of google/gemma-3-12b-it-qat-q4_0-unquantized there, under the Gemma
    Terms of Use, which have to be accepted first. Set it with --gemma FOLDER or RETAKE_LTX2_GEMMA.
docs/ltx2.md has the commands.""".strip()

# What of the text encoder's folder is read, by the pattern that ltx_core looks for.
GEMMA_FILES = {
    "model*.safetensors": "the weights",
    "tokenizer.model": "the tokenizer",
    "preprocessor_config.json": "the settings of pictures, for prompt enhancement",
}


def check(settings: Settings) -> None:
    """Raises a Failure of kind unavailable that names every file that is missing."""
    missing = []
    if settings.checkpoint is None:
        missing.append("the checkpoint is not set")
    elif not settings.checkpoint.is_file():
        missing.append(f"the checkpoint {settings.checkpoint.name} is not there")
    elif not _safetensors(settings.checkpoint):
        missing.append(f"the checkpoint {settings.checkpoint.name} is no safetensors file, or was not copied to its end")
    if settings.gemma is None:
        missing.append("the text encoder's folder is not set")
    elif not settings.gemma.is_dir():
        missing.append(f"the text encoder's folder {settings.gemma.name} is not there")
    else:
        for pattern, what in GEMMA_FILES.items():
            found = next(settings.gemma.rglob(pattern), None)
            if found is None:
                missing.append(f"the text encoder's folder lacks {pattern} ({what})")
        for shard in sorted(settings.gemma.rglob("*.safetensors")):
            if not _safetensors(shard):
                missing.append(f"the text encoder's {shard.name} was not copied to its end")
    for lora, _ in settings.loras:
        if not _safetensors(lora):
            missing.append(f"the LoRA {lora.name} is not there, or no safetensors file")
    if missing:
        paths = f"checkpoint: {settings.checkpoint}, gemma: {settings.gemma}"
        raise Failure(
            "unavailable",
            "LTX-2 has no weights to work with: " + "; ".join(missing) + ". The server's log and docs/ltx2.md say what to get.",
            detail=f"{paths}\n{WHERE}",
        )


def _safetensors(path: Path) -> bool:
    """Tells whether a file is as long as its header says: 8 bytes with the header's length, JSON, then tensors, whose
    last offset is the end (the safetensors format)."""
    try:
        size = path.stat().st_size
        with path.open("rb") as f:
            length = int.from_bytes(f.read(8), "little")
            if not 2 <= length <= min(size - 8, 100 << 20):
                return False
            header = json.loads(f.read(length))
        ends = [t["data_offsets"][1] for name, t in header.items() if name != "__metadata__"]
        return size == 8 + length + max(ends, default=0)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
