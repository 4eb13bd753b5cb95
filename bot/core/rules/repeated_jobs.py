"""Jobs are copies of each other that differ only in the image or a variable.

Why
---
Each change has to be made in every copy, and sooner or later one is forgotten: the Python 3.10 job then tests
with other options than the 3.12 job, and nobody sees why it fails. A shared template says once what is the
same.

Example
-------
```yaml
test-3.11:
  image: python:3.11-slim
  before_script:
    - pip install poetry==2.1.4
    - poetry install
  script:
    - poetry run pytest

test-3.12:
  image: python:3.12-slim
  before_script:
    - pip install poetry==2.1.4
    - poetry install
  script:
    - poetry run pytest
```

Instead
-------
```yaml
.test:
  before_script:
    - pip install poetry==2.1.4
    - poetry install
  script:
    - poetry run pytest

test-3.11:
  extends: .test
  image: python:3.11-slim

test-3.12:
  extends: .test
  image: python:3.12-slim
```

A matrix does the same with one job: `parallel: {matrix: [{PYTHON: ["3.11", "3.12"]}]}` and `image:
python:$PYTHON-slim`; the jobs are then named `test: [3.11]` and `test: [3.12]`.

Fix safety
----------
The fix moves what is the same into a template and lets the jobs extend it. It is proved before it is offered:
every job is, keyword by keyword, what it was.

Limits
------
Jobs that differ in more than their image and variables are not copies. Copies with comments inside get no fix,
since the comments would be lost.

References
----------
- https://docs.gitlab.com/ci/yaml/#extends
- https://docs.gitlab.com/ci/yaml/#parallelmatrix
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from bot.core.ci.model import Job
from bot.core.context import Context
from bot.core.edits.extract import extract_template
from bot.core.finding import Confidence, Finding, Severity
from bot.core.fix import Applicability
from bot.core.poetry.fixes import Offer, offered
from bot.core.render.secrets import scrub
from bot.core.rule import Rule
from bot.core.yamltree import Alias, Node, Scalar, Sequence
from bot.core.yamltree import Mapping as YamlMapping

ID = "repeated-jobs"
_MAY_DIFFER = ("image", "variables")
_WORTH = 4  # lines and keywords of a job; below that a template is not shorter


def check(context: Context) -> Iterator[Finding]:
    """Yield each copy, with the fix for all of them."""
    if context.pipeline is None or not context.uses_poetry:
        return
    groups: dict[object, list[Job]] = defaultdict(list)
    for job in context.pipeline.jobs:
        if job.script and {"extends", "<<"}.isdisjoint(job.own_keywords):
            groups[_common(job)].append(job)
    for jobs in groups.values():
        if len(jobs) > 1 and _own_lines(jobs[0]) + len(jobs[0].own_keywords) >= _WORTH and _differing(jobs):
            yield from _findings(context, jobs)


def _common(job: Job) -> object:
    """Return all of a job's own mapping but the values that may differ, in a form that can be compared."""
    own = job.parts[0].mapping if job.parts else None
    if own is None:
        return job.name
    return tuple(sorted((entry.name, _essence(entry.name, entry.value)) for entry in own.entries))


def _essence(name: str, node: Node) -> str:
    if name == "image":
        return ""
    if name == "variables" and isinstance(node, YamlMapping):
        return " ".join(sorted(entry.name for entry in node.entries))
    return repr(_plain(node))


def _plain(node: Node) -> object:
    if isinstance(node, Alias):
        return f"*{node.name}"
    if isinstance(node, Scalar):
        return (node.tag, node.value)
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    return {entry.name: _plain(entry.value) for entry in node.entries}


def _own_lines(job: Job) -> int:
    """Count the lines of script that stand in the job itself."""
    return sum(1 for line in job.script if job.own_keywords & {line.section})


def _findings(context: Context, jobs: list[Job]) -> Iterator[Finding]:
    names = [f"`{job.name}`" for job in jobs]
    offer = _fix(context, jobs)
    for job in jobs:
        yield Finding(
            rule=ID,
            severity=Severity.INFO,
            confidence=Confidence.HIGH,
            message=(
                f"{', '.join(names[:-1])} and {names[-1]} are copies that differ only in {_difference(jobs)}: "
                "one template for them keeps them the same."
            ),
            location=job.key,
            job=job.name,
            subject=" ".join(sorted(one.name for one in jobs)),
            **offer,
        )


def _differing(jobs: list[Job]) -> list[str]:
    written: list[Mapping[str, str]] = []
    for job in jobs:
        own = job.parts[0].mapping
        written.append({entry.name: repr(_plain(entry.value)) for entry in own.entries})
    return [name for name in _MAY_DIFFER if len({one.get(name) for one in written}) > 1]


def _difference(jobs: list[Job]) -> str:
    return " and ".join(f"`{name}`" for name in _differing(jobs)) or "their name"


def _fix(context: Context, jobs: list[Job]) -> Offer:
    own = _differing(jobs)
    texts = [job.parts[0].mapping.span.of(context.snapshot.text(job.parts[0].path) or "") for job in jobs]
    if any(scrub(text) != text for text in texts):
        return Offer(fix_refused="the jobs hold a secret, which a fix would repeat")
    return offered(
        context,
        "Move what the jobs share into a template",
        Applicability.SAFE,
        jobs,
        lambda target: extract_template(target, own),
    )


RULE = Rule(id=ID, severity=Severity.INFO, confidence=Confidence.HIGH, check=check, fix=Applicability.SAFE)
