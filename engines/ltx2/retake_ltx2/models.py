"""The model's parts on one device, read once and kept as the settings say."""

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from ltx_core.loader import LTXV_LORA_COMFY_RENAMING_MAP, LoraPathStrengthAndSDOps
from ltx_core.quantization import QuantizationPolicy
from ltx_pipelines.utils import ModelLedger
from ltx_pipelines.utils.constants import PipelineParams, detect_params

from .failure import Failure
from .settings import Settings

# Parts by name, as ModelLedger's methods are called. The big ones can be run a layer at a time.
BIG = ("transformer", "text_encoder")
DTYPE = torch.bfloat16


class Models:
    """The parts on one device. One job uses them at a time."""

    def __init__(self, settings: Settings, device: str):
        self.device = torch.device(device)
        self._settings = settings
        self._kept: dict[str, torch.nn.Module] = {}
        self._lock = threading.Lock()
        build_on = self.device if settings.keep == "gpu" and settings.offload == "none" else torch.device("cpu")
        self._ledger = ModelLedger(
            dtype=DTYPE,
            device=build_on,
            checkpoint_path=str(settings.checkpoint),
            gemma_root_path=str(settings.gemma),
            loras=tuple(LoraPathStrengthAndSDOps(str(p), s, LTXV_LORA_COMFY_RENAMING_MAP) for p, s in settings.loras),
            quantization=_quantization(settings),
        )
        self.params: PipelineParams = detect_params(str(settings.checkpoint))

    def load(self, progress: Callable[[float, str], None]) -> None:
        """Reads what stays, so that the first job needn't."""
        names = ["text_encoder", "gemma_embeddings_processor", "video_encoder", "audio_encoder", "transformer",
                 "video_decoder", "audio_decoder", "vocoder"]
        if self._settings.keep == "disk":
            return
        for done, name in enumerate(names):
            progress(done / len(names), f"reading {name.replace('_', ' ')}")
            self._part(name)
        progress(1, "ready")

    @contextmanager
    def use(self, name: str) -> Iterator[torch.nn.Module]:
        """Has a part on the device for a while."""
        part = self._part(name)
        layered = self._settings.offload == "layers" and name in BIG
        moved = not layered and next(part.parameters()).device != self.device
        if moved:
            part.to(self.device)
        try:
            yield part
        finally:
            if moved and self._settings.keep == "cpu":
                part.to("cpu")
            if self._settings.keep == "disk":
                self._kept.pop(name, None)
            del part
            if moved or self._settings.keep == "disk":
                self.tidy()

    def _part(self, name: str) -> torch.nn.Module:
        with self._lock:
            if name not in self._kept:
                part = getattr(self._ledger, name)()
                if self._settings.offload == "layers" and name in BIG and self.device.type != "cpu":
                    from accelerate import cpu_offload

                    cpu_offload(part, execution_device=self.device)
                self._kept[name] = part
            return self._kept[name]

    def tidy(self) -> None:
        """Gives memory back that no part needs any more."""
        gc.collect()
        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    def free(self) -> str:
        """Returns a sentence on the device's memory."""
        if self.device.type != "cuda":
            return f"{self.device}: works on the processor"
        free, total = torch.cuda.mem_get_info(self.device)
        return f"{self.device}: {free / 1e9:.0f} of {total / 1e9:.0f} GB of memory free"


def _quantization(settings: Settings) -> QuantizationPolicy | None:
    if settings.quantization == "none":
        return None
    try:
        return QuantizationPolicy.fp8_cast() if settings.quantization == "fp8-cast" else QuantizationPolicy.fp8_scaled_mm()
    except ImportError as err:
        raise Failure("unavailable", "fp8-scaled-mm needs the package tensorrt_llm; install it, or use fp8-cast.", detail=str(err)) from err


def check_devices(devices: tuple[str, ...]) -> None:
    """Raises a Failure of kind unavailable for a device that isn't there."""
    for name in devices:
        try:
            device = torch.device(name)
        except RuntimeError as err:
            raise Failure("unavailable", f"{name!r} is no device; use cuda:0, or cpu.", detail=str(err)) from err
        if device.type == "cuda" and not torch.cuda.is_available():
            raise Failure(
                "unavailable",
                "LTX-2 finds no NVIDIA GPU here. Run the server where one is (nvidia-smi lists it), or set --devices cpu to try it very slowly.",
                detail=f"torch {torch.__version__}, CUDA {torch.version.cuda}",
            )
        if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
            raise Failure("unavailable", f"There is no GPU {device.index}: {torch.cuda.device_count()} are in reach.")
