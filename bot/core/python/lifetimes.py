"""How long Python versions are maintained."""

from __future__ import annotations

from datetime import date
from functools import cache

from bot.core.system.tables import table_rows


@cache
def _ends() -> dict[str, date]:
    found: dict[str, date] = {}
    for row in table_rows("python-eol"):
        try:
            found[row[0]] = date.fromisoformat(row[3])
        except ValueError:
            continue
    return found


def end_of_life(python: str) -> date | None:
    """Return the day from which a minor version (`3.8`) gets no security fixes; None where it is not known."""
    return _ends().get(python)


def maintained(today: date) -> list[str]:
    """Return the minor versions that are maintained on a day, oldest first."""
    found = [python for python, end in _ends().items() if end > today]
    return sorted(found, key=lambda text: [int(part) for part in text.split(".")])
