"""Golden files: what people read is compared with a file that a person read and accepted.

`SCANSION_ACCEPT=1 pytest ...` writes them anew; read the difference before you commit it.
"""

from __future__ import annotations

import os
from pathlib import Path


def compare(path: Path, text: str) -> None:
    """Compare a text with a golden file, or write the file where acceptance is asked for."""
    if os.environ.get("SCANSION_ACCEPT"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"{path} is not there: accept it with SCANSION_ACCEPT=1"
    assert text == path.read_text(encoding="utf-8")
