"""A locked package must be built from source in the job's image, and the system packages for that are not there.

Why
---
Where no wheel in `poetry.lock` fits the image (its Python, its C library), `poetry install` downloads the
source distribution and builds it. That takes a compiler and often the headers of a C library. Slim and Alpine
images have neither, so the job fails, minutes in, and with a message about the first missing thing only:
`pg_config executable not found`, then no compiler, then the next.

Example
-------
Of `psycopg2` there are wheels for Windows only:

```toml poetry.lock
[[package]]
name = "psycopg2"
version = "2.9.13"
optional = false
python-versions = ">=3.10"
groups = ["main"]
files = [
    {file = "psycopg2-2.9.13-cp311-cp311-win_amd64.whl", hash = "sha256:d16e"},
    {file = "psycopg2-2.9.13.tar.gz", hash = "sha256:d367"},
]

[metadata]
lock-version = "2.1"
python-versions = ">=3.11"
content-hash = "5eed"
```

```yaml
test:
  image: python:3.11-slim
  script:
    - poetry install
```

Instead
-------

```yaml
test:
  image: python:3.11-slim
  before_script:
    - apt-get update && apt-get install --no-install-recommends --yes gcc libc6-dev libpq-dev
  script:
    - poetry install
```

An image that has the packages already saves that minute in each job: `python:3.11` has a compiler and the
headers of PostgreSQL, MySQL, OpenSSL, libxml2 and some twenty more libraries; an image of the project's own has
just what it needs. Some packages come with wheels under another name (`psycopg2-binary`).

Fix safety
----------
The line is added before the first command that needs it, or an install line of the job is extended. Nothing
else changes. It is marked safe where the image is known in full and the needs come from the package's own build
instructions.

Limits
------
Judged for CPython on x86-64, from the lock file alone. Images that are not known, and jobs that install packages
whose names come from variables, are skipped. Packages whose needs are in no table are not mentioned. A script
that is not in the repository could install anything; the finding is less certain then.

References
----------
- <https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/>
- <https://www.psycopg.org/docs/install.html>

"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.core.ci.model import Job
from bot.core.context import Context
from bot.core.diagnosis import Install
from bot.core.edits.text import EditRefused
from bot.core.finding import Confidence, Finding, Location, Severity, Skipped
from bot.core.fix import Applicability
from bot.core.rule import Rule
from bot.core.shell_script.poetry_call import PoetryCall
from bot.core.system.better_way import wheel_hint
from bot.core.system.distributions import package_manager
from bot.core.system.images import inspect_image
from bot.core.system.install_line import install_edits, install_fix
from bot.core.system.job_images import image_references
from bot.core.system.predict import Locked, Missing, Prediction, installing_call, predict
from bot.core.system.synonyms import in_own_words

ID = "missing-system-package"


def check(context: Context) -> Iterator[Finding | Skipped]:
    """Look at every job that installs the lock file."""
    pipeline, lock = context.pipeline, context.lock
    if pipeline is None or lock is None or lock.error:
        return
    locked = Locked(lock=lock, project=context.project, config=context.poetry_config)
    for job in pipeline.jobs:
        yield from _check_job(job, locked, context)


def _check_job(job: Job, locked: Locked, context: Context) -> Iterator[Finding | Skipped]:
    call = installing_call(job)
    if call is None or job.image is None:
        return
    references = image_references(job)
    if not references:
        yield Skipped(ID, f"the image `{job.image.name.value}` holds a variable that is not known", job.name)
    for reference in references:
        image = inspect_image(reference, context.snapshot.facts.today)
        if not image.facts.distribution:
            yield Skipped(ID, f"the image `{reference}` is not known", job.name)
            continue
        prediction = predict(job, call, locked, image)
        if prediction:
            yield _with_fix(_finding(job, call, prediction), job, prediction, context)


def _finding(job: Job, call: PoetryCall, prediction: Prediction) -> Finding:
    certain = prediction.confidence is Confidence.HIGH
    return Finding(
        rule=ID,
        severity=Severity.ERROR if certain else Severity.WARNING,
        confidence=prediction.confidence,
        message=_message(prediction),
        location=_place(job, call),
        job=job.name,
        subject=" ".join(item.package.name for item in prediction.missing),
    )


def _with_fix(finding: Finding, job: Job, prediction: Prediction, context: Context) -> Finding:
    pipeline = context.pipeline
    facts = prediction.image.facts
    manager = package_manager(facts.distribution, facts.release)
    if pipeline is None or not manager:
        return finding
    packages = in_own_words(prediction.packages, pipeline, prediction.image)
    install = Install(manager, tuple(sorted(packages)))
    try:
        edits = install_edits(context.snapshot, pipeline, job, install, prediction.image)
    except EditRefused as reason:
        return replace(finding, fix_refused=str(reason))
    return replace(finding, fix=install_fix(install, edits, certain=prediction.confidence is Confidence.HIGH))


def _place(job: Job, call: PoetryCall) -> Location:
    return call.command.location or job.script[call.command.line].location


def _message(prediction: Prediction) -> str:
    facts = prediction.image.facts
    built = _listed([f"`{item.package.name}` {item.package.version}" for item in prediction.missing])
    one = len(prediction.missing) == 1
    hints = [hint for item in prediction.missing if (hint := _hint(item, prediction))]
    has, it_is = ("has", "it is") if one else ("have", "they are")
    needed = _listed([f"`{name}`" for name in prediction.packages])
    told = (
        f"{built} {has} no wheel for Python {facts.python} on `{facts.reference}`, so {it_is} built from source; "
        f"that needs {needed}, which neither the image has nor the job installs."
    )
    return " ".join((told, *hints))


def _hint(item: Missing, prediction: Prediction) -> str:
    """Say what is better than building: a wheel elsewhere, or the same under another name."""
    if item.elsewhere is None:
        return item.needs.hint
    return wheel_hint(item.package.name, prediction.image.facts, item.elsewhere)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


RULE = Rule(id=ID, severity=Severity.ERROR, confidence=Confidence.HIGH, check=check, fix=Applicability.SAFE)
