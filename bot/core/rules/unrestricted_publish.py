"""A job publishes packages from any branch or merge request.

Why
---
Whoever pushes a branch publishes a version: unfinished work becomes installable for everybody, takes the
version number for ever (a registry accepts each file once), and the real release then fails with "File name has
already been taken". `when: manual` alone does not help: the button is there in every pipeline of every branch.

Example
-------
```yaml
stages: [test, publish]

publish:
  stage: publish
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry publish --build
```

Instead
-------
```yaml
stages: [test, publish]

publish:
  stage: publish
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry publish --build
  rules:
    - if: $CI_COMMIT_TAG
```

Fix safety
----------
The fix adds a rule that lets the job run for tags only. It is unsafe, because a project may publish from its
default branch on purpose: then `if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH` is the rule to write.

Limits
------
A condition inside the script (`if [ "$CI_COMMIT_TAG" ]`) is taken as a restriction. Conditions over variables
whose value is not known are skipped.

References
----------
- https://docs.gitlab.com/ci/yaml/#rules
- https://docs.gitlab.com/user/packages/pypi_repository/
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.ci.model import Answer, Job
from bot.core.context import Context
from bot.core.edits.conditions import TAGS, restrict
from bot.core.edits.keywords import set_keyword
from bot.core.edits.target import Target
from bot.core.edits.text import EditRefused
from bot.core.finding import Confidence, Finding, Severity, Skipped
from bot.core.fix import Applicability, Edit
from bot.core.poetry.anchors import owner_of, place_of_command
from bot.core.poetry.fixes import offered
from bot.core.poetry.publishing import Upload
from bot.core.rule import Rule

ID = "unrestricted-publish"


def check(context: Context) -> Iterator[Finding | Skipped]:
    """Yield uploads that run for any branch or merge request."""
    seen: set[str] = set()
    for upload in context.uploads if context.uses_poetry else ():
        job = upload.job
        if job.name in seen or upload.command.conditional:
            continue
        seen.add(job.name)
        where = _where(upload)
        template = context.hidden_template(job)
        if template:
            yield Skipped(ID, f"the template `{template}`, which is not at hand, may set rules", job.name)
        elif where:
            yield _finding(context, upload, where)
        elif Answer.UNKNOWN in {job.runs_in.branches, job.runs_in.merge_requests}:
            yield Skipped(ID, "its rules depend on variables that are not known here", job.name)


def _where(upload: Upload) -> str:
    runs = upload.job.runs_in
    places = {"every branch": runs.branches, "every merge request": runs.merge_requests}
    certain = " and ".join(place for place, answer in places.items() if answer is Answer.YES)
    return certain or ("every branch that changes certain files" if _asks_for_files_only(upload.job) else "")


def _asks_for_files_only(job: Job) -> bool:
    """Whether a rule without `if` lets the job run wherever certain files are there or changed."""
    rules = job.data.get("rules")
    for rule in rules if isinstance(rules, list) else []:
        if not isinstance(rule, dict) or rule.get("when") == "never":
            return False
        if "if" not in rule and {"changes", "exists"} & rule.keys():
            return True
    return False


def _finding(context: Context, upload: Upload, where: str) -> Finding:
    job = upload.job
    location = place_of_command(job, upload.command)
    by_hand = " at the push of a button" if job.manual else ""
    return Finding(
        rule=ID,
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        message=(
            f"`{job.name}` publishes from {where}{by_hand}: anybody who pushes can take a version number for ever."
            " Let it run for tags or the default branch only."
        ),
        location=location,
        job=job.name,
        subject=owner_of(context.snapshot, location),
        **offered(
            context,
            f"Let `{job.name}` publish for tags only",
            Applicability.UNSAFE,
            [job],
            lambda target: _restrict(target, job),
        ),
    )


def _restrict(target: Target, job: Job) -> tuple[Edit, ...]:
    """Keep the rules for tags where there are some, else narrow what there is."""
    if job.runs_in.tags is Answer.NO and ("only" not in job.data or "except" in job.data):
        raise EditRefused(
            f"`{job.name}` leaves tags out; which branch it may publish from is the project's choice"
        )
    rules = job.data.get("rules")
    for_tags = [rule for rule in rules if "$CI_COMMIT_TAG" in str(rule)] if isinstance(rules, list) else []
    return set_keyword(target, "rules", for_tags) if for_tags else restrict(target, TAGS)


RULE = Rule(id=ID, severity=Severity.ERROR, confidence=Confidence.HIGH, check=check, fix=Applicability.UNSAFE)
