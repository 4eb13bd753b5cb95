"""A project's own choices: rules switched off, other severities, ignored places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.core.finding import Severity


class FixUps(StrEnum):
    """When the bot opens a fix-up merge request."""

    AUTOMATIC = "automatic"  # for what fails or will fail; the rest on request
    ON_REQUEST = "on-request"  # by `/scansion fix` only
    NEVER = "never"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The merged policy of operator, group and project.

    ``ignored_fingerprints`` come from `/scansion ignore`. ``errors`` are sentences about a policy file that
    cannot be understood; what could be understood of it is in force.
    """

    disabled_rules: frozenset[str] = frozenset()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    ignored_fingerprints: frozenset[str] = frozenset()
    errors: tuple[str, ...] = ()
    fix_ups: FixUps = FixUps.AUTOMATIC
    threads: bool = True
    diagnose: bool = True
    commit_comments: bool | None = None  # on failed branch pipelines; None leaves it to the operator
