"""Where the corpora of other people's files are, on a machine that has them: no part of this repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("SCANSION_SHARED", Path(__file__).resolve().parents[2] / "shared")).resolve()

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the corpora are not on this machine (SCANSION_SHARED names their folder)"
)
