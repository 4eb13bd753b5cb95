"""pip may not install into the system's Python of this image.

What happened
-------------
The distribution's Python is marked as managed by its own package manager (PEP 668), so pip refuses to install
into it.

What to do
----------
Use a virtual environment (`python3 -m venv .venv`, then `.venv/bin/pip`), `pipx` for tools such as Poetry, or
the official `python` image, whose Python is not marked.

References
----------
- PEP 668: https://peps.python.org/pep-0668/

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import Sign

CAUSE = Cause(
    id="externally-managed-environment",
    signs=(
        Sign(
            literal="externally-managed-environment",
            pattern=r"^\s*error: externally-managed-environment",
            message=(
                "This image's Python takes packages only from its distribution, not from `pip` (PEP 668). Install "
                "into a virtual environment, or use the `python` image."
            ),
            kind="command",
            subject="pip",
        ),
        Sign(
            literal="This environment is externally managed",
            message=(
                "This image's Python takes packages only from its distribution, not from `pip` (PEP 668). Install "
                "into a virtual environment, or use the `python` image."
            ),
            kind="command",
            subject="pip",
        ),
        Sign(
            literal="is externally managed",
            pattern=r"interpreter at .* is externally managed",
            message=(
                "This image's Python takes packages only from its distribution, not from `uv` (PEP 668). Install "
                "into a virtual environment, or use the `python` image."
            ),
            kind="command",
            subject="uv",
        ),
    ),
)
