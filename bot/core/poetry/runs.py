"""The runs of a job: one, or one for each row of its matrix, with what differs between them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.core.ci.model import Cache, Job
from bot.core.poetry.environment import plain_variables
from bot.core.poetry.text import expand, is_certain
from bot.core.shell_script.poetry_call import poetry_calls
from bot.core.system.images import describe_image, inspect_image

_PYTHON = re.compile(r"(?:.*/)?(?:python)?(\d+\.\d+)(?:\.\d+)?$")


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of a job. ``python`` is `3.11`, None where it is not known."""

    job: Job
    row: Mapping[str, str]
    python: str | None

    def cache_key(self, cache: Cache) -> tuple[str, ...]:
        """Return what names a cache in this run; equal for runs that share it."""
        variables = self._variables()
        if cache.key_files:
            prefix = expand(cache.key_prefix.value, variables) if cache.key_prefix else ""
            return ("files", prefix, *sorted(text.value for text in cache.key_files))
        return ("key", expand(cache.key.value, variables) if cache.key else "default")

    def _variables(self) -> dict[str, str]:
        job = self.job
        suffix = f": [{', '.join(self.row.values())}]" if self.row else ""
        name = f"{job.name}{suffix}"
        own = {"CI_JOB_NAME": name, "CI_JOB_NAME_SLUG": name, "CI_JOB_STAGE": job.stage_name, "CI_JOB_ID": name}
        image = expand(job.image.name.value, {**plain_variables(job), **self.row}) if job.image else ""
        return {**plain_variables(job), **self.row, **own, "CI_NODE_INDEX": suffix, "CI_JOB_IMAGE": image}


def runs_of(job: Job, today: date | None) -> tuple[Run, ...]:
    """Return the runs of a job."""
    rows: tuple[Mapping[str, str], ...] = job.matrix or ({},)
    return tuple(Run(job=job, row=row, python=_python_of(job, row, today)) for row in rows)


def image_of(job: Job, row: Mapping[str, str]) -> str | None:
    """Return the image of a run, None where there is none or it is not known."""
    if job.image is None:
        return None
    if job.image.reference is not None and not row:
        return job.image.reference
    text = expand(job.image.name.value, {**plain_variables(job), **row})
    return text if is_certain(text) else None


def packages_of_image(job: Job, today: date | None) -> frozenset[str] | None:
    """Return the system packages that the image has in every run of a job; None where not all are known."""
    references = [image_of(job, row) for row in job.matrix or ({},)]
    known = [inspect_image(reference, today) for reference in references if reference]
    if len(known) < len(references) or not all(image.complete for image in known):
        return None
    return frozenset.intersection(*(image.packages for image in known))


def _python_of(job: Job, row: Mapping[str, str], today: date | None) -> str | None:
    chosen = _chosen_python(job, row)
    if chosen is not None:
        found = _PYTHON.match(chosen)
        return found[1] if found else None
    reference = image_of(job, row)
    return (describe_image(reference, today).python or None) if reference else None


def _chosen_python(job: Job, row: Mapping[str, str]) -> str | None:
    """Return what `poetry env use` names, None where the job does not choose."""
    chosen = None
    for call in poetry_calls(job.commands, "env use"):
        if call.arguments.operands:
            chosen = expand(call.arguments.operands[0].text, {**plain_variables(job), **row})
    return chosen
