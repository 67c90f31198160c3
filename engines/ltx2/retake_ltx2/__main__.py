"""Starts the engine: ``retake-ltx2`` or ``python -m retake_ltx2``. The server does that by itself."""

import logging
import os
import sys

from . import lines, settings, worker


def main() -> None:
    given = settings.parse()
    # Weights come from where the settings say. Nothing is fetched.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
    os.environ.setdefault("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True")
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    worker.Worker(given, lines.standard()).serve()


if __name__ == "__main__":
    main()
