"""The version in `pyproject.toml` is in the package registry already.

Why
---
A registry takes each file name once. Publishing 0.1.0 again ends with `400 Bad Request: File name has already
been taken`, after the tests ran and, where `--skip-existing` hides the refusal, with a green pipeline whose
change never reached anybody. It is cheapest to see this in the merge request.

GitLab refuses a file name whatever is in the file, PyPI only where the content is another. So a second upload of
0.1.0 goes well in no case that matters: with a change in it, it is refused or passed over.

Example
-------
The project's registry has `demo` 0.1.0, and the merge request still says:

```toml
[tool.poetry]
name = "demo"
version = "0.1.0"

[tool.poetry.dependencies]
python = "^3.11"
```

```yaml
publish:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry config repositories.gitlab $CI_API_V4_URL/projects/$CI_PROJECT_ID/packages/pypi
    - poetry publish --build -r gitlab -u gitlab-ci-token -p $CI_JOB_TOKEN
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
```

Instead
-------
Raise the version (`poetry version patch`):

```toml
[tool.poetry]
name = "demo"
version = "0.1.1"

[tool.poetry.dependencies]
python = "^3.11"
```

```yaml
publish:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry config repositories.gitlab $CI_API_V4_URL/projects/$CI_PROJECT_ID/packages/pypi
    - poetry publish --build -r gitlab -u gitlab-ci-token -p $CI_JOB_TOKEN
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
```

Fix safety
----------
The fix raises the last part of the version to the next one that is neither published nor claimed by another
open merge request. It is unsafe, because whether a change is a patch, a minor or a major one is a person's
decision. A version that is repeated in the code (`__version__`) is not touched.

Limits
------
Only registries of this GitLab can be asked. Other merge requests are compared where the bot reviews them: one
claims a version when it sets another than its target branch has; drafts and merge requests from forks do not
count. A version that the pipeline makes of a tag (`poetry version $CI_COMMIT_TAG`, or poetry-dynamic-versioning
as it comes) is known only in that tag's pipeline, and other versions that a plug-in makes are not. Whether the
new file equals the one in the registry is not known before it is built, and not asked: where it differs, the
version is wrong, and where it does not, there is nothing to publish. Versions are compared as PEP 440 does:
`1.0` and `v1.0.0` are one.

References
----------
- https://docs.gitlab.com/user/packages/pypi_repository/
- https://packaging.python.org/en/latest/specifications/version-specifiers/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from packaging.utils import canonicalize_name

from bot.core.ci.model import Answer
from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Location, Severity, Skipped
from bot.core.fix import Applicability, Edit, Fix
from bot.core.poetry.publishing import Upload
from bot.core.python.project import Project
from bot.core.python.registries import registry_of
from bot.core.python.tagged_version import tagged_version
from bot.core.python.versions import next_free, same_version, sorted_versions
from bot.core.rule import Rule
from bot.core.shell_script.poetry_call import poetry_calls
from bot.core.snapshot import RegistryKey

ID = "duplicate-version"
_SHOWN = 5


def check(context: Context) -> Iterator[Finding | Skipped]:
    """Compare the project's version with those of every registry that the pipeline publishes to."""
    project = context.project
    if project is None or not project.name or not project.package_mode or not context.uploads:
        return
    tagged = tagged_version(context, project)
    reason = "" if tagged else _unknown_version(context, project)
    if reason:
        yield Skipped(ID, reason)
        return
    if tagged:
        # The version in the file is not the one that is published, so there is nothing to raise in it.
        project = replace(project, version=tagged, version_at=None)
    seen: set[RegistryKey | None] = set()
    for upload in context.uploads:
        registry = registry_of(upload, context.snapshot.facts)
        if registry not in seen:
            seen.add(registry)
            yield from _in_registry(context, project, upload, registry)
    if not tagged:
        yield from _claimed(context, project)


def _unknown_version(context: Context, project: Project) -> str:
    if project.dynamic_version:
        return "a plug-in makes the version when the package is built"
    if project.version is None or project.version_at is None:
        return "`pyproject.toml` has no version"
    for job in context.pipeline.jobs if context.pipeline else ():
        if any(call.arguments.operands for call in poetry_calls(job.commands, "version")):
            return f"`{job.name}` sets the version itself (`poetry version`)"
        if any(upload.tool == "semantic-release" for upload in context.uploads):
            return "semantic-release makes the version"
    return ""


def _in_registry(
    context: Context, project: Project, upload: Upload, registry: RegistryKey | None
) -> Iterator[Finding | Skipped]:
    published = context.snapshot.facts.published.get(registry) if registry else None
    if published is None:
        where = "the registry" if registry is None else f"the registry {_named(registry)}"
        yield Skipped(ID, f"what {where} has is not known", upload.job.name)
        return
    name, version = canonicalize_name(project.name or ""), project.version or ""
    versions = [one.version for one in published if canonicalize_name(one.package) == name]
    if any(same_version(version, other) for other in versions):
        yield _finding(context, project, upload, versions)


def _named(registry: RegistryKey) -> str:
    if registry.kind == "other":
        return f"`{registry.name}`"
    return f"of the {registry.kind} `{registry.name}`" if registry.name else "of this project"


def _finding(context: Context, project: Project, upload: Upload, versions: list[str]) -> Finding:
    free = _next_free(context, project, versions)
    latest = sorted_versions(versions)[-_SHOWN:]
    advice = f" The next free version is {free}." if free else ""
    return Finding(
        rule=ID,
        severity=Severity.WARNING if _only_for_tags(upload) else Severity.ERROR,
        confidence=Confidence.HIGH,
        message=(
            f"`{project.name}` {project.version} is published already (the registry has {', '.join(latest)}): "
            f"{_effect(upload, context.snapshot.facts.tag)}.{advice}"
        ),
        location=_place(context, project),
        subject=f"{project.name} {project.version}",
        fix=_fix(project, free),
    )


def _only_for_tags(upload: Upload) -> bool:
    runs = upload.job.runs_in
    return runs.tags is not Answer.NO and Answer.NO is runs.default_branch is runs.branches


def _effect(upload: Upload, tag: str | None) -> str:
    if upload.publication.skips_existing:
        return f"`{upload.job.name}` will pass over it, and the change reaches nobody"
    when = " at the next tag" if _only_for_tags(upload) and tag is None else ""
    return f"the upload in `{upload.job.name}` will be refused{when}"


def _next_free(context: Context, project: Project, versions: list[str]) -> str | None:
    claimed = context.snapshot.facts.claimed_versions or {}
    return next_free(project.version or "", {*versions, *claimed})


def _place(context: Context, project: Project) -> Location:
    return project.version_at or context.whole_file(project.path)


def _fix(project: Project, free: str | None) -> Fix | None:
    if free is None or project.version_at is None:
        return None
    edit = Edit(project.version_at.path, project.version_at.span, free)
    return Fix(f"Raise the version to {free}", Applicability.UNSAFE, (edit,))


def _claimed(context: Context, project: Project) -> Iterator[Finding | Skipped]:
    claims = context.snapshot.facts.claimed_versions
    if claims is None:
        yield Skipped(ID, "which versions other open merge requests claim is not known")
        return
    rivals = [claim for version, claim in claims.items() if same_version(version, project.version or "")]
    for rival in rivals:
        published = [one.version for found in context.snapshot.facts.published.values() for one in found]
        free = _next_free(context, project, published)
        yield Finding(
            rule=ID,
            severity=Severity.WARNING,
            confidence=Confidence.MEDIUM,
            message=(
                f"{rival} claims `{project.name}` {project.version} too: of the two, the one that is merged second"
                f" cannot publish it.{f' The next free version is {free}.' if free else ''}"
            ),
            location=_place(context, project),
            subject=f"{project.name} {project.version} {rival}",
            fix=_fix(project, free),
        )


RULE = Rule(id=ID, severity=Severity.ERROR, confidence=Confidence.HIGH, check=check, fix=Applicability.UNSAFE)
