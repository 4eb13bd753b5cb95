"""What changed between two states of a table, for a person who reviews a refresh."""

from __future__ import annotations

from collections.abc import Iterable

EXAMPLES = 20


def describe(name: str, before: Iterable[str], after: Iterable[str]) -> str:
    """Return counts and examples of rows that came, went and changed; empty where the tables are equal."""
    old, new = _by_key(name, before), _by_key(name, after)
    came, gone = sorted(new.keys() - old.keys()), sorted(old.keys() - new.keys())
    changed = sorted(key for key in old.keys() & new.keys() if old[key] != new[key])
    if not (came or gone or changed):
        return ""
    lines = [f"{name}: {len(new):,} rows, {len(came):,} new, {len(gone):,} gone, {len(changed):,} changed"]
    lines += [f"  + {key}  {new[key]}" for key in came[:EXAMPLES]]
    lines += [f"  - {key}  {old[key]}" for key in gone[:EXAMPLES]]
    lines += [f"  ~ {key}  {old[key]} -> {new[key]}" for key in changed[:EXAMPLES]]
    return "\n".join(lines)


def _by_key(name: str, lines: Iterable[str]) -> dict[str, str]:
    width = 2 if name == "debian-files" else 1
    rows = (line.split("\t") for line in lines)
    return {" ".join(row[:width]): "  ".join(row[width:]).strip() for row in rows}
