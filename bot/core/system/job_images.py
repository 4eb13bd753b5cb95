"""The images that a job runs in: one, or one for each entry of its matrix."""

from __future__ import annotations

import re

from bot.core.ci.model import Job

VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


def image_references(job: Job) -> tuple[str, ...]:
    """Return the references with variables replaced; empty where one of them is not known."""
    if job.image is None:
        return ()
    if job.image.reference is not None:
        return (job.image.reference,)
    found = [_replaced(job.image.name.value, {**_plain(job), **entry}) for entry in job.matrix]
    return tuple(dict.fromkeys(text for text in found if text))


def _plain(job: Job) -> dict[str, str]:
    return {name: text.value for name, text in job.variables.items() if "$" not in text.value}


def _replaced(text: str, variables: dict[str, str]) -> str:
    whole = VARIABLE.sub(lambda match: variables.get(match[1] or match[2], match[0]), text)
    return "" if VARIABLE.search(re.sub(r"\$\{?CI_DEPENDENCY_PROXY_\w+\}?", "", whole)) else whole
