"""The four situations in which jobs are asked to run, each as a few ordinary pipelines with their variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.core.ci.model import Answer
from bot.core.ci.variables import predefined
from bot.core.snapshot import Facts

# Names that a team would really use: a condition that holds for some and not for others is unknown.
BRANCHES = ("fix-login", "feature/new-login", "1234-fix-login")
DEFAULT_BRANCHES = ("main", "master")
TAGS = ("v1.2.3", "1.2.3", "2026.1.0", "v1.2", "release-1.2.3")
_MESSAGE = "Fix the login"
_NOT_MERGE_REQUEST = (
    "CI_MERGE_REQUEST_ID",
    "CI_MERGE_REQUEST_IID",
    "CI_MERGE_REQUEST_LABELS",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
    "CI_MERGE_REQUEST_TITLE",
    "CI_MERGE_REQUEST_EVENT_TYPE",
    "CI_MERGE_REQUEST_PROJECT_ID",
    "CI_MERGE_REQUEST_PROJECT_PATH",
    "CI_MERGE_REQUEST_SOURCE_PROJECT_ID",
    "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH",
    "CI_MERGE_REQUEST_REF_PATH",
    "CI_MERGE_REQUEST_DIFF_BASE_SHA",
    "CI_MERGE_REQUEST_APPROVED",
    "CI_MERGE_REQUEST_MILESTONE",
    "CI_MERGE_REQUEST_DRAFT",
)


@dataclass(frozen=True, eq=False)
class PipelineRun:
    """One ordinary pipeline: ``kind`` is merge_request, branch or tag; ``ref`` the branch or tag."""

    kind: str
    ref: str
    variables: Mapping[str, str | None]

    @cached_property
    def known(self) -> Mapping[str, str]:
        """The variables that have a text."""
        return {name: value for name, value in self.variables.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Situation:
    """Pipelines that stand for a situation, and how their answers become one."""

    runs: tuple[PipelineRun, ...]
    combine: Callable[[Sequence[Answer]], Answer]


@dataclass(frozen=True, slots=True)
class Situations:
    """The four questions of `RunsIn`."""

    merge_requests: Situation
    branches: Situation
    default_branch: Situation
    tags: Situation


def agreed(answers: Sequence[Answer]) -> Answer:
    """Return the answer that all give, else unknown."""
    return answers[0] if len(set(answers)) == 1 else Answer.UNKNOWN


def for_some(answers: Sequence[Answer]) -> Answer:
    """Return yes where one says yes: a job for tags of one form is a job for tags."""
    return Answer.YES if Answer.YES in answers else agreed(answers)


def make_situations(facts: Facts) -> Situations:
    """Return the situations of a project; an unknown default branch counts as `main` and as `master`."""
    defaults = (facts.default_branch,) if facts.default_branch else DEFAULT_BRANCHES
    base = predefined(facts)
    return Situations(
        merge_requests=Situation(
            tuple(_merge_request(base, ref, default) for default in defaults for ref in BRANCHES[:2]), agreed
        ),
        branches=Situation(
            tuple(_branch(base, ref, default) for default in defaults for ref in BRANCHES if ref != default),
            agreed,
        ),
        default_branch=Situation(tuple(_branch(base, default, default) for default in defaults), agreed),
        tags=Situation(tuple(_tags(base, facts, defaults)), for_some),
    )


def _common(base: Mapping[str, str], ref: str, default: str) -> dict[str, str | None]:
    unset = dict.fromkeys((*_NOT_MERGE_REQUEST, "CI_OPEN_MERGE_REQUESTS", "CI_DEPLOY_FREEZE", "CI_COMMIT_TAG"))
    return {
        **unset,
        **base,
        "CI_DEFAULT_BRANCH": default,
        "CI_COMMIT_REF_NAME": ref,
        "CI_PIPELINE_SOURCE": "push",
        "CI_COMMIT_BRANCH": None,
        "CI_COMMIT_MESSAGE": _MESSAGE,
        "CI_COMMIT_TITLE": _MESSAGE,
    }


def _merge_request(base: Mapping[str, str], ref: str, default: str) -> PipelineRun:
    return PipelineRun(
        "merge_request",
        ref,
        _common(base, ref, default)
        | {
            "CI_PIPELINE_SOURCE": "merge_request_event",
            "CI_MERGE_REQUEST_ID": "1",
            "CI_MERGE_REQUEST_IID": "1",
            "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": ref,
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": default,
            "CI_MERGE_REQUEST_TITLE": _MESSAGE,
            "CI_MERGE_REQUEST_LABELS": None,
            "CI_COMMIT_REF_PROTECTED": "false",
        },
    )


def _branch(base: Mapping[str, str], ref: str, default: str) -> PipelineRun:
    protected = "true" if ref == default else "false"
    variables = {"CI_COMMIT_BRANCH": ref, "CI_COMMIT_REF_PROTECTED": protected}
    return PipelineRun("branch", ref, _common(base, ref, default) | variables)


def _tags(base: Mapping[str, str], facts: Facts, defaults: Sequence[str]) -> Iterator[PipelineRun]:
    for tag in (facts.tag,) if facts.tag else TAGS:
        variables = _common(base, tag, defaults[0]) | {"CI_COMMIT_TAG": tag}
        yield PipelineRun("tag", tag, variables)
