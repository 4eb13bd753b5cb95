"""The variables that a job's shell starts with, as far as their values are certain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.core.shell_script.model import Word

if TYPE_CHECKING:
    from bot.core.ci.model import Job

_USE = re.compile(r"\$\$|\$(\w+)|\$\{(\w+)\}", re.ASCII)
MAX_DEPTH = 8
MAX_LENGTH = 10_000


def certain_variables(job: Job) -> dict[str, Word]:
    """Return the job's variables with their values; one that may differ is there with an unknown value.

    A variable may differ between the jobs of a matrix, or be set by a rule. GitLab replaces variables inside
    values; what is left of `$NAME` there is not known.
    """
    written: dict[str, Word | None] = {
        name: Word(text.value, location=text.location) for name, text in job.variables.items()
    }
    for name in {name for row in job.matrix for name in row}:
        values = {row.get(name) for row in job.matrix}
        only = next(iter(values))
        written[name] = Word(only) if len(values) == 1 and only is not None else None
    for name in _set_by_rules(job):
        written[name] = None
    return {name: _resolved(name, written, 0) for name in written}


def _set_by_rules(job: Job) -> set[str]:
    rules = job.data.get("rules")
    found = (
        [rule.get("variables") for rule in rules if isinstance(rule, Mapping)] if isinstance(rules, list) else []
    )
    return {str(name) for variables in found if isinstance(variables, Mapping) for name in variables}


def _resolved(name: str, written: Mapping[str, Word | None], depth: int) -> Word:
    word = written.get(name)
    if word is None or depth > MAX_DEPTH or len(word.text) > MAX_LENGTH:
        return Word(f"${name}", known=False)
    parts: list[str] = []
    known = True
    at = 0
    for found in _USE.finditer(word.text):
        inner = _replacement(found, written, depth)
        parts += (word.text[at : found.start()], inner.text)
        known, at = known and inner.known, found.end()
        if sum(map(len, parts)) > MAX_LENGTH:
            return Word(f"${name}", known=False)
    return Word("".join((*parts, word.text[at:])), known, word.location)


def _replacement(found: re.Match[str], written: Mapping[str, Word | None], depth: int) -> Word:
    if found[0] == "$$":
        return Word("$")
    name = found[1] or found[2]
    if name not in written:
        return Word(found[0], known=False)
    return _resolved(name, written, depth + 1)
