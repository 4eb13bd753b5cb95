"""What to do about a finding: a suggestion, a fix-up merge request, or words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum

from bot.core.finding import Confidence, Finding, Severity
from bot.core.fix import Applicability, Fix
from bot.core.policy import FixUps, Policy
from bot.core.source import SourceFile
from bot.core.suggestion import Suggestion, fits, suggestion_for


class Way(Enum):
    """How a fix reaches the project."""

    SUGGESTION = "suggestion"  # a thread in the diff
    FIX_UP = "fix-up"  # a merge request of the bot
    ON_REQUEST = "on-request"  # the same, after `/scansion fix`
    WORDS = "words"  # the note alone


@dataclass(frozen=True, slots=True)
class Decision:
    """The way that one finding takes.

    ``reason`` is a sentence where there are only words; ``ask`` is what must stand behind `/scansion fix`.
    """

    way: Way
    suggestion: Suggestion | None = None
    reason: str = ""
    ask: str = ""


def decide(
    finding: Finding,
    policy: Policy,
    files: Mapping[str, SourceFile],
    commentable: Mapping[str, Collection[int]],
    *,
    quiet: bool,
) -> Decision:
    """Decide for one finding. ``commentable`` maps paths to the lines of the diff; ``quiet`` is a draft."""
    fix = finding.fix
    if fix is None:
        return Decision(Way.WORDS, reason=finding.fix_refused)
    if fix.applicability is Applicability.DISPLAY:
        return Decision(Way.WORDS, reason="The fix is not certain, so it is left to you.")
    path = fix.edits[0].path
    if policy.threads and not quiet and path in commentable and path in files:
        suggestion = suggestion_for(fix, files[path])
        if suggestion and fits(suggestion, commentable[path]):
            return Decision(Way.SUGGESTION, suggestion, ask=_ask(finding, fix))
    if policy.fix_ups is FixUps.NEVER:
        return Decision(Way.WORDS)
    way = Way.FIX_UP if _is_certain(finding) and _is_automatic(policy, quiet) else Way.ON_REQUEST
    return Decision(way, ask=_ask(finding, fix))


def _ask(finding: Finding, fix: Fix) -> str:
    """An unsafe fix is made only where a person names its rule."""
    return "" if fix.applicability is Applicability.SAFE else f" {finding.rule}"


def _is_certain(finding: Finding) -> bool:
    safe = finding.fix is not None and finding.fix.applicability is Applicability.SAFE
    return safe and finding.severity is Severity.ERROR and finding.confidence is Confidence.HIGH


def _is_automatic(policy: Policy, quiet: bool) -> bool:  # noqa: FBT001 - private
    return policy.fix_ups is FixUps.AUTOMATIC and not quiet
