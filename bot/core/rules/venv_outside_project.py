"""A cache holds `.venv`, but Poetry makes its environment somewhere else.

Why
---
By default Poetry keeps virtual environments in `~/.cache/pypoetry/virtualenvs`. A cache of `.venv` is then
empty: the job restores nothing, installs everything again and stores nothing. Before Poetry 2.1 the value
`"True"` with a capital letter counts as false, which has the same effect without any message.

Example
-------
```yaml
test:
  image: python:3.12-slim
  cache:
    key:
      files:
        - poetry.lock
    paths:
      - .venv/
  script:
    - pip install poetry==2.1.4
    - poetry install
```

Instead
-------
```yaml
test:
  image: python:3.12-slim
  variables:
    POETRY_VIRTUALENVS_IN_PROJECT: "true"
  cache:
    key:
      files:
        - poetry.lock
    paths:
      - .venv/
  script:
    - pip install poetry==2.1.4
    - poetry install
```

The same setting may stand in `poetry.toml` or in `poetry config virtualenvs.in-project true`.

Fix safety
----------
The fix sets the variable `POETRY_VIRTUALENVS_IN_PROJECT` for the job. Poetry finds the environment there by
itself, so `poetry run` works as before. It is not offered where a line of the script names the old folder.

Limits
------
An image may set the variable in its own environment; for images that are not public ones the finding is less
certain.

References
----------
- https://python-poetry.org/docs/configuration/#virtualenvsin-project
- https://docs.gitlab.com/ci/caching/
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity, Skipped
from bot.core.fix import Applicability
from bot.core.poetry.anchors import owner_of
from bot.core.poetry.cache_moves import in_project_offer
from bot.core.poetry.caching import CachedPath, Holds, Installation
from bot.core.poetry.environment import settings_at
from bot.core.poetry.fixes import Offer
from bot.core.rule import Rule
from bot.core.system.images import describe_image

ID = "venv-outside-project"
_KEY = "virtualenvs.in-project"
_REFUSED = Offer(fix_refused="the job wants no virtual environment at all")


def check(context: Context) -> Iterator[Finding | Skipped]:
    """Yield jobs that cache the name of an environment which Poetry makes elsewhere."""
    alike = [one for one in context.installations if not one.is_cached and one.holding(Holds.LOOKALIKE)]
    found = [one for one in alike if not context.hidden_template(one.job)]
    for job in (one.job for one in alike if one not in found):
        template = context.hidden_template(job)
        yield Skipped(ID, f"the template `{template}`, which is not at hand, may set the variable", job.name)
    jobs = tuple(installation.job for installation in found)
    for installation in found:
        cached = installation.holding(Holds.LOOKALIKE)[0]
        can_move = _can_move(context, installation)
        offer = in_project_offer(context, installation, cached, jobs) if can_move else _REFUSED
        yield _finding(context, installation, cached, offer)


def _can_move(context: Context, installation: Installation) -> bool:
    settings = settings_at(installation.job, installation.calls[0], context.poetry_config.settings)
    create = settings.get("virtualenvs.create")
    return create is None or create.is_true


def _finding(context: Context, installation: Installation, cached: CachedPath, offer: Offer) -> Finding:
    job, path = installation.job, cached.path
    text = path.value if path else ""
    image = job.image.reference if job.image else None
    public = bool(image and describe_image(image, context.snapshot.facts.today).distribution)
    return Finding(
        rule=ID,
        severity=Severity.WARNING,
        confidence=Confidence.HIGH if public else Confidence.MEDIUM,
        message=(
            f"`{job.name}` caches `{text}`, but Poetry's environment is elsewhere: "
            f"{_reason(context, installation)}{'' if public else ' (unless the image sets it)'}"
            ". The cache stays empty and every run installs everything again."
        ),
        location=path.location if path else cached.cache.location,
        job=job.name,
        subject=f"{owner_of(context.snapshot, cached.cache.location)} {text}",
        **offer,
    )


def _reason(context: Context, installation: Installation) -> str:
    settings = settings_at(installation.job, installation.calls[0], context.poetry_config.settings)
    create, in_project = settings.get("virtualenvs.create"), settings.get(_KEY)
    if create is not None and not create.is_true:
        return "`virtualenvs.create` is false, so packages go into the image's own Python"
    if in_project is None:
        return f"`{_KEY}` is not set, so it is made below the home folder"
    if in_project.exact and (in_project.value or "").lower() == "true":
        return f"`{in_project.value}` counts as false before Poetry 2.1, write `true`"
    return f"`{_KEY}` is `{in_project.value}`"


RULE = Rule(id=ID, severity=Severity.WARNING, confidence=Confidence.HIGH, check=check, fix=Applicability.SAFE)
