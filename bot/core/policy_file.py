"""A project's policy file: `.scansion.toml`, or `[tool.scansion]` in `pyproject.toml`.

    disable = ["unpinned-image"]        # rules that say nothing
    fix-ups = "on-request"              # automatic, on-request or never
    threads = true                      # suggestions as threads in the diff
    diagnose = true                     # failed pipelines
    commit-comments = false             # failed branch pipelines without a merge request

    [severity]
    uncached-install = "info"           # error, warning or info

What cannot be understood is said in a sentence and left out; the rest is in force.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bot.core.finding import Severity
from bot.core.policy import FixUps, Policy
from bot.core.rule import all_rules
from bot.core.snapshot import Snapshot

OWN_FILE = ".scansion.toml"
POLICY_PATHS = (OWN_FILE, "pyproject.toml")

T = TypeVar("T")


def read_policy(files: Mapping[str, bytes]) -> Policy:
    """Read the policy out of a commit's files; a project without one has the default policy."""
    path = OWN_FILE if OWN_FILE in files else "pyproject.toml"
    table, error = _table(path, files.get(path, b""))
    return Policy(errors=(error,)) if error else _Reader(path).read(table)


def policy_in(snapshot: Snapshot) -> Policy:
    """Read the policy out of a snapshot's files."""
    return read_policy({path: snapshot.files[path].to_bytes() for path in POLICY_PATHS if path in snapshot.files})


def merge_policies(*policies: Policy) -> Policy:
    """Lay policies over each other, the last over the others: group first, project last.

    What a group switches off stays off; of every other choice the last that differs from the default holds.
    """
    merged = Policy()
    for policy in policies:
        merged = replace(
            merged,
            disabled_rules=merged.disabled_rules | policy.disabled_rules,
            severities={**merged.severities, **policy.severities},
            errors=(*merged.errors, *policy.errors),
            fix_ups=merged.fix_ups if policy.fix_ups is FixUps.AUTOMATIC else policy.fix_ups,
            threads=merged.threads and policy.threads,
            diagnose=merged.diagnose and policy.diagnose,
            commit_comments=merged.commit_comments if policy.commit_comments is None else policy.commit_comments,
        )
    return merged


def _table(path: str, data: bytes) -> tuple[Mapping[str, object], str]:
    try:
        document = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        # a broken pyproject.toml has a rule of its own
        return {}, f"`{path}` cannot be read: {error}." if path == OWN_FILE else ""
    if path == OWN_FILE:
        return document, ""
    tool = document.get("tool")
    table = tool.get("scansion", {}) if isinstance(tool, dict) else {}
    return (table, "") if isinstance(table, dict) else ({}, f"`tool.scansion` in `{path}` is no table.")


@dataclass
class _Reader:
    path: str
    errors: list[str] = field(default_factory=list)

    def read(self, table: Mapping[str, object]) -> Policy:
        self._unknown(table, _KEYS, "setting")
        severities = self._value(table, "severity", dict[str, object](), _mapping)
        disabled = self._value(table, "disable", list[str](), _names)
        self._unknown({**dict.fromkeys(disabled), **severities}, all_rules(), "rule")
        return Policy(
            disabled_rules=frozenset(disabled),
            severities={rule: level for rule in severities if (level := self._severity(rule, severities[rule]))},
            fix_ups=self._value(table, "fix-ups", FixUps.AUTOMATIC, _fix_ups),
            threads=self._value(table, "threads", True, _flag),  # noqa: FBT003 - the default
            diagnose=self._value(table, "diagnose", True, _flag),  # noqa: FBT003
            commit_comments=self._value(table, "commit-comments", None, _flag),
            errors=tuple(self.errors),
        )

    def _value(self, table: Mapping[str, object], key: str, default: T, read: Callable[[object], T]) -> T:
        if key not in table:
            return default
        try:
            return read(table[key])
        except ValueError as error:
            self.errors.append(f"`{key}` in `{self.path}` must be {error}.")
            return default

    def _severity(self, rule: str, value: object) -> Severity | None:
        try:
            return Severity(str(value))
        except ValueError:
            self.errors.append(f"the severity of `{rule}` in `{self.path}` must be `error`, `warning` or `info`.")
            return None

    def _unknown(self, names: Collection[str], known: Collection[str], what: str) -> None:
        for name in names:
            if name not in known:
                near = difflib.get_close_matches(name, list(known), 1)
                hint = f"; did you mean `{near[0]}`?" if near else "."
                self.errors.append(f"`{self.path}` names the {what} `{name}`, which Scansion does not know{hint}")


_KEYS = ("disable", "severity", "fix-ups", "threads", "diagnose", "commit-comments")


def _mapping(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ValueError("a table of rules and severities")  # noqa: TRY004 - the reader's mistake, told in words
    return value


def _names(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("a list of rules")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("`true` or `false`")  # noqa: TRY004
    return value


def _fix_ups(value: object) -> FixUps:
    try:
        return FixUps(str(value))
    except ValueError:
        raise ValueError("`automatic`, `on-request` or `never`") from None
