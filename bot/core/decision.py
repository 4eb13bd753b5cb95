"""What to do about a finding or a failure: a suggestion, a fix-up merge request, or words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from bot.core.diagnosis import Diagnosis
from bot.core.finding import Confidence, Finding, Severity
from bot.core.fix import Applicability, Fix
from bot.core.policy import FixUps, Policy
from bot.core.render.contents import Failure
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
    """The way that one finding or failure takes.

    ``reason`` is a sentence where there are only words; ``ask`` is what must stand behind `/scansion fix`, and
    ``title`` what that does.
    """

    way: Way
    suggestion: Suggestion | None = None
    reason: str = ""
    ask: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What decides besides the fix itself.

    ``commentable`` maps paths to the lines of the diff; ``quiet`` is a draft; ``failing`` is whether the failures
    are those of the files as they are now.
    """

    policy: Policy
    files: Mapping[str, SourceFile]
    commentable: Mapping[str, Collection[int]]
    quiet: bool = False
    failing: bool = True

    @property
    def may_open(self) -> bool:
        """Whether a fix-up is opened without being asked for."""
        return self.policy.fix_ups is FixUps.AUTOMATIC and not self.quiet


def decide_all(
    findings: Sequence[Finding], failures: Sequence[Failure], folded: Mapping[str, str], grounds: Grounds
) -> dict[str, Decision]:
    """Decide for each, by fingerprint and signature.

    A failure that has no fix of its own goes the way of the finding that foretold it: ``folded`` maps those
    findings' fingerprints to its signature.
    """
    ways = {finding.fingerprint: decide(finding, grounds) for finding in findings}
    foretold = {folded[key]: ways.pop(key) for key in folded if key in ways}
    for diagnosis in (failure.diagnosis for failure in failures if failure.diagnosis):
        own = decide_failure(diagnosis, grounds)
        ways[diagnosis.signature] = foretold.get(diagnosis.signature, own) if own.way is Way.WORDS else own
    return ways


def decide(finding: Finding, grounds: Grounds) -> Decision:
    """Decide for one finding."""
    if finding.fix is None:
        return Decision(Way.WORDS, reason=_no_fix(finding.fix_refused))
    if finding.severity is Severity.INFO and finding.fix.applicability is Applicability.UNSAFE:
        grounds = replace(grounds, commentable={})  # a thread has to be resolved: that asks too much for a hint
    return _way_of(finding.fix, finding.rule, grounds, certain=_is_certain(finding))


def decide_failure(diagnosis: Diagnosis, grounds: Grounds) -> Decision:
    """Decide for one reason of a failed pipeline."""
    fix = diagnosis.offered_fix
    if not grounds.failing:
        return Decision(Way.WORDS)
    if fix is None:
        return Decision(Way.WORDS, reason=_no_fix(diagnosis.fix_refused))
    return _way_of(fix, diagnosis.cause, grounds, certain=diagnosis.certain_fix is not None)


def _way_of(fix: Fix, name: str, grounds: Grounds, *, certain: bool) -> Decision:
    """A suggestion where the diff shows the lines, else a fix-up. ``name`` is the rule's or the cause's."""
    if fix.applicability is Applicability.DISPLAY:
        return Decision(Way.WORDS, reason="The fix is not certain, so it is left to you.")
    ask = "" if fix.applicability is Applicability.SAFE else f" {name}"  # such a fix is made only by name
    path = fix.edits[0].path
    if grounds.policy.threads and not grounds.quiet and path in grounds.commentable and path in grounds.files:
        suggestion = suggestion_for(fix, grounds.files[path])
        if suggestion and fits(suggestion, grounds.commentable[path]):
            return Decision(Way.SUGGESTION, suggestion, ask=ask, title=fix.title)
    if grounds.policy.fix_ups is FixUps.NEVER:
        return Decision(Way.WORDS)
    way = Way.FIX_UP if certain and grounds.may_open else Way.ON_REQUEST
    return Decision(way, ask=ask, title=fix.title)


def _no_fix(reason: str) -> str:
    return f"No fix: {reason}." if reason else ""


def _is_certain(finding: Finding) -> bool:
    safe = finding.fix is not None and finding.fix.applicability is Applicability.SAFE
    return safe and finding.severity is Severity.ERROR and finding.confidence is Confidence.HIGH
