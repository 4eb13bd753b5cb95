"""What `only` and `except` mean, said with `rules`: only where the two are the same in every pipeline.

Source: GitLab's own reading of them (`Gitlab::Ci::Build::Policy`): of `only` every part must hold, of `except` one
is enough; a name is that of a branch or tag, and none is looked at in a merge request's pipeline.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.ci.conditions import is_valid, search
from bot.core.ci.model import Answer
from bot.core.ci.patterns import compile_pattern

BRANCH, TAG, MERGE_REQUEST, ANY = "branch", "tag", "merge request", "any"
MOST_RULES = 6  # more would be harder to read than what they replace
_REFS = {BRANCH: "$CI_COMMIT_BRANCH", TAG: "$CI_COMMIT_TAG"}
_WHOLE = {**_REFS, MERGE_REQUEST: '$CI_PIPELINE_SOURCE == "merge_request_event"'}
_SOURCES = {
    "api": "api",
    "chat": "chat",
    "external": "external",
    "external_pull_request": "external_pull_request_event",
    "merge_request": "merge_request_event",
    "pipeline": "pipeline",
    "push": "push",
    "schedule": "schedule",
    "trigger": "trigger",
    "web": "web",
}
_PLURALS = {"pushes": "push", "webs": "web", "apis": "api", "chats": "chat"}
_PATTERN = re.compile(r"/(.*)/([ismU]*)", re.DOTALL)
_BARE_SLASH = re.compile(r"(?<!\\)((?:\\\\)*)/")
_DEFAULT = ("branches", "tags")
_VERSION = re.compile(r"v?\d")
Rule = dict[str, Any]


class UntranslatableError(Exception):
    """The keywords cannot be said with `rules` without a change; the message says why."""


@dataclass(frozen=True, slots=True)
class _Way:
    """One way into the pipeline: in which kind of pipelines, and the condition for it (empty: always)."""

    kind: str
    condition: str

    @property
    def is_whole_kind(self) -> bool:
        """Whether it is every pipeline of its kind."""
        return self.condition == _WHOLE.get(self.kind)

    def meets(self, kinds: Iterable[str]) -> bool:
        """Whether it can hold in a pipeline of one of the kinds."""
        return self.kind == ANY or bool({self.kind, ANY} & set(kinds))


def as_rules(only: object, excepted: object, *, everywhere: bool) -> list[Rule]:
    """Return the rules that let a job run where `only` and `except` do. Raises UntranslatableError.

    ``everywhere``: without `only` the job runs in every pipeline, not just for branches and tags. That is so where
    the file has `workflow`.
    """
    wanted, barred = _only(only, everywhere=everywhere), _except(excepted)
    whole = {way.kind for way in barred.ways if way.is_whole_kind}
    ways = [way for way in wanted.ways if way.kind not in whole]
    if not ways:
        raise UntranslatableError("it runs in no pipeline at all")
    kinds = {way.kind for way in ways}
    never: list[Rule] = [{"if": way.condition, "when": "never"} for way in barred.ways if way.meets(kinds)]
    never += [{"if": condition, "when": "never"} for condition in barred.conditions]
    never += [{"changes": barred.changes, "when": "never"}] if barred.changes else []
    rules = [*never, *(rule for way in ways for rule in _rules(way, wanted))]
    if len(rules) > MOST_RULES:
        raise UntranslatableError(f"that takes more than {MOST_RULES} rules")
    for rule in rules:
        if "if" in rule and not is_valid(rule["if"]):
            raise UntranslatableError(f"the condition `{rule['if']}` is none that GitLab understands")
    return rules


@dataclass(frozen=True)
class _Policy:
    """`only` or `except`: its ways by refs, its conditions over variables, its changed files."""

    ways: tuple[_Way, ...] = ()
    conditions: tuple[str, ...] = ()
    changes: Any = None


def _rules(way: _Way, wanted: _Policy) -> Iterator[Rule]:
    for condition in wanted.conditions or ("",):
        both = " && ".join(_bracketed(part) for part in (way.condition, condition) if part)
        rule: Rule = {"if": both} if both else {}
        if wanted.changes:
            rule["changes"] = wanted.changes
        yield rule or {"when": "on_success"}


def _bracketed(condition: str) -> str:
    return f"({condition})" if "||" in condition else condition


def _only(value: object, *, everywhere: bool) -> _Policy:
    if value is None:
        return _Policy((_Way(ANY, ""),) if everywhere else _ways(_DEFAULT))
    if not isinstance(value, Mapping):
        return _Policy(_ways(_texts(value)))
    refs = value.get("refs")
    # A mapping without `refs` is merged with the defaults of `only`.
    return _policy(value, _ways(_texts(refs) if refs is not None else _DEFAULT))


def _except(value: object) -> _Policy:
    if value is None:
        return _Policy()
    if not isinstance(value, Mapping):
        return _Policy(_ways(_texts(value)))
    return _policy(value, _ways(_texts(value.get("refs", ()))))


def _policy(value: Mapping[str, Any], ways: tuple[_Way, ...]) -> _Policy:
    unknown = sorted(value.keys() - {"refs", "variables", "changes"})
    if unknown:
        raise UntranslatableError(f"`rules` has nothing for `{unknown[0]}`")
    return _Policy(ways, tuple(_texts(value.get("variables", ()))), value.get("changes"))


def _texts(value: object) -> list[str]:
    if not isinstance(value, Sequence) or isinstance(value, str) or not all(isinstance(one, str) for one in value):
        raise UntranslatableError("the keyword is written in an unusual way")
    return list(value)


def _ways(refs: Iterable[str]) -> tuple[_Way, ...]:
    return tuple(dict.fromkeys(way for ref in refs for way in _ways_of(ref)))


def _ways_of(ref: str) -> Iterator[_Way]:
    name, at, path = ref.partition("@")
    if "$" in path or '"' in path or (at and not path):
        raise UntranslatableError(f"`{ref}` is written in an unusual way")
    for way in _named(name):
        prefix = f'$CI_PROJECT_PATH == "{path}" && ' if at else ""
        yield _Way(way.kind, f"{prefix}{way.condition}")


def _named(name: str) -> Iterator[_Way]:
    source = _SOURCES.get(_PLURALS.get(name, name.removesuffix("s")))
    if name in ("branches", "tags"):
        kind = BRANCH if name == "branches" else TAG
        yield _Way(kind, _REFS[kind])
    elif source is not None:
        kind = MERGE_REQUEST if source == "merge_request_event" else ANY
        yield _Way(kind, f'$CI_PIPELINE_SOURCE == "{source}"')
    elif name.startswith("/"):
        yield from _matching(name)
    elif not name or "$" in name or '"' in name:
        raise UntranslatableError(f"`{name}` is no name of a branch: variables are not replaced there")
    else:
        yield _Way(BRANCH, f'$CI_COMMIT_BRANCH == "{name}"')
        if _VERSION.match(name):
            yield _Way(TAG, f'$CI_COMMIT_TAG == "{name}"')


def _matching(written: str) -> Iterator[_Way]:
    found = _PATTERN.fullmatch(written)
    prefix = f"(?{found[2]})" if found and found[2] else ""
    if found is None or compile_pattern(prefix + found[1]) is None:
        raise UntranslatableError(f"`{written}` is no pattern that GitLab understands")
    # In a condition a slash ends the pattern unless it is escaped.
    pattern = f"/{_BARE_SLASH.sub(lambda slash: slash[1] + chr(92) + '/', found[1])}/{found[2]}"
    for kind, variable in _REFS.items():
        # An undefined variable is an empty text: a pattern that takes one would hold in every pipeline.
        guard = f"{variable} && " if search(pattern, "") is not Answer.NO else ""
        yield _Way(kind, f"{guard}{variable} =~ {pattern}")
