"""The engine as the server starts it, with the text encoder made small. Nothing else of it is changed."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import tiny  # noqa: E402

from retake_ltx2.__main__ import main  # noqa: E402

tiny.shrink()
main()
