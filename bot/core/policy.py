"""A project's own choices: rules switched off, other severities, ignored places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.finding import Severity


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
