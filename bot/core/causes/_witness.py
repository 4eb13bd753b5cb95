"""Two witnesses: what a failed build says in prose, and what its package is known to need from the system."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.diagnosis import PythonPackage, Subject
from bot.core.expression import expression
from bot.core.job_log import JobLog, Zone
from bot.core.system.needs import find_needs
from bot.core.system.tables import table_rows

# Prose of many setup scripts; alone it would prove little.
_COMPLAINT = expression(
    r"(?i)not found|missing|not installed|install|requires?\b|could ?n[o']t|can ?n[o']t|unable to|did not find"
    r"|failed to|no such|without|need"
)
# A preprocessor that fails has not found a header; who starts it from a script often hides its words.
_PREPROCESSOR = expression(
    r"\b(?:gcc|cc|cpp) -E\b.*(?:return(?:ed)? (?:code|non-zero)|exit (?:code|status)|failed)"
)
_OWN_WORDS = re.compile(
    r"^\s*(?:copying|adding|creating|running|writing|reading|gcc|g\+\+|cc|c\+\+) |^\s*- |^\s*\S+:\d+:\d+: "
)
_FURTHEST = 150
_SHORTEST = 3
_AFFIXES = re.compile(r"^(?:lib|python3?-|default-lib)|(?:client)?-dev$|[\d.]+$|-\d[\d.]*$")


def witnessed(log: JobLog) -> Iterator[tuple[int, Subject]]:
    """Yield the lines before a build's failure that complain of something which its package needs."""
    for index, package in log.packages.failures():
        yield from _without_words(log, index, package)
        stems = _stems(package)
        for place in range(index, max(log.start, index - _FURTHEST), -1):
            if log.zones[place] not in (Zone.SCRIPT, Zone.WARNING):
                continue
            found = _complaint(log.plain[place], stems)
            if found:
                yield place, found
                break


def _without_words(log: JobLog, index: int, package: PythonPackage) -> Iterator[tuple[int, Subject]]:
    """A failure that names nothing, although only a header can be missing."""
    needs = find_needs(package.name, package.version)
    for place in range(index, max(log.start, index - _FURTHEST), -1):
        if needs and needs.certain and needs.build and _PREPROCESSOR.matches(log.plain[place]):
            yield place, Subject("package", needs.build[0])
            return


def _complaint(text: str, stems: dict[str, str]) -> Subject | None:
    if _OWN_WORDS.match(text) or not _COMPLAINT.matches(text):
        return None
    words = set(re.split(r"[^a-z0-9+]+", text.lower()))
    stem = next((stem for stem in stems if stem in words or f"lib{stem}" in words), None)
    return Subject(stems[stem], stem) if stem else None


def _stems(package: PythonPackage) -> dict[str, str]:
    """The words by which prose may call what the package needs, with the kind that each is."""
    needs = find_needs(package.name)
    if needs is None:
        return {}
    own = package.name.lower().removeprefix("py").removeprefix("thon-")
    stems = {_stem(name): "library" for name in (*needs.build, *needs.run)}
    wanted = {*needs.build, *needs.run}
    stems |= {command: "command" for command, package, *_ in table_rows("commands") if package in wanted}
    stems |= {tool: "command" for tool in needs.tools if tool not in {"cc", "c++", "fortran", "rust"}}
    if needs.compiled:
        stems |= {"gcc": "compiler"}
    return {
        stem: kind for stem, kind in stems.items() if len(stem) >= _SHORTEST and (stem != own or kind == "library")
    }


def _stem(name: str) -> str:
    before = ""
    while before != name:
        before, name = name, _AFFIXES.sub("", name)
    return name.lower()
