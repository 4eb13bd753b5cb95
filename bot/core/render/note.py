"""The one note of a merge request: short first, the verdict in its first line, what is long or old folded."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import chain

from bot.core.diagnosis import Evidence
from bot.core.finding import Finding, Severity
from bot.core.render.contents import Contents, FailedJob, Failure, Told
from bot.core.render.inert import clip, code, fence, link, prose, visible
from bot.core.render.marker import digest, marked, read_marker, without_marker
from bot.core.render.secrets import scrub
from bot.core.render.verdict import job_names, verdict

KIND = "note"
_EVIDENCE_LINES = 4
_SHOWN_FAILURES = 3
_SHOWN_FINDINGS = 6
_FOLDED_FINDINGS = 12
_HISTORY = 8
_LINE = 200


@dataclass(frozen=True, slots=True)
class Past:
    """What the note said before: for which commit, and its verdict."""

    sha: str
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteState:
    """What the note's marker keeps. ``open`` are the fingerprints and signatures that a thread is about."""

    sha: str
    verdict: str = ""
    open: tuple[str, ...] = ()
    history: tuple[Past, ...] = ()
    told: Told = field(default_factory=Told)
    fixup: int = 0  # the merge request that fixes them
    digest: str = ""


def render_note(contents: Contents, before: NoteState | None) -> str:
    """Return the note's body. ``before`` is the state that the note had, None for a new one."""
    first = verdict(contents)
    history = _grown(before, first)
    blocks = [first, contents.fixup, *_failures(contents), *_findings(contents)]
    said = contents.remarks[:1] if not (contents.failures or contents.findings) else ()
    blocks += [prose(remark) for remark in contents.remarks if remark not in said]
    blocks += [_patch(contents.patch), _history(history), _FOOT]
    body = "\n\n".join(block for block in blocks if block)
    state = NoteState(
        sha=contents.links.ref,
        verdict=first,
        open=tuple(sorted(contents.threads)),
        history=history,
        told=contents.told,
        fixup=contents.fixup_iid,
    )
    return marked(KIND, body, replace(state, digest=digest(body)))


def read_note(body: str) -> NoteState | None:
    """Return the state of a body that this module rendered, None for any other."""
    return read_marker(KIND, body, NoteState)


def was_edited(body: str, state: NoteState) -> bool:
    """Whether a person changed what the bot wrote."""
    return digest(body) != state.digest


def same_text(one: str, other: str) -> bool:
    """Whether people would see the same."""
    return without_marker(one) == without_marker(other)


_FOOT = "<sub>Written by Scansion and kept up to date here. `/scansion help` says what it answers to.</sub>"


def _grown(before: NoteState | None, first: str) -> tuple[Past, ...]:
    if before is None:
        return ()
    if not before.verdict or before.verdict == first:
        return before.history
    return (Past(before.sha, before.verdict), *before.history)[:_HISTORY]


def _failures(contents: Contents) -> list[str]:
    blocks: list[str] = []
    for number, failure in enumerate(contents.failures[:_SHOWN_FAILURES]):
        blocks += [_failure_head(failure, first=number == 0), _evidence(failure), _about(failure, contents)]
    more = len(contents.failures) - _SHOWN_FAILURES
    if more > 0:
        rest = chain.from_iterable(failure.jobs for failure in contents.failures[_SHOWN_FAILURES:])
        blocks.append(f"{more} more failures: {', '.join(_job(job) for job in list(rest)[:10])}")
    return blocks


def _failure_head(failure: Failure, *, first: bool) -> str:
    """What the first line has not said yet."""
    reason = prose(failure.fault_reason) if failure.fault_reason else ""
    if first:
        return reason
    message = prose(scrub(failure.diagnosis.message)) if failure.diagnosis else "no known cause explains it."
    return f"**{job_names(failure)}:** {message} {reason}".rstrip()


def _evidence(failure: Failure) -> str:
    lines = failure.evidence[:_EVIDENCE_LINES]
    width = max((len(str(line.line)) for line in lines), default=0)
    return fence([_quoted(line, width) for line in lines], "text") if lines else ""


def _quoted(line: Evidence, width: int) -> str:
    """Begin with the number: then no quoted line stands at the start of a line, whatever it says."""
    return f"{line.line:>{width}} | {clip(visible(scrub(line.text[: 8 * _LINE])), _LINE)}".rstrip()


def _about(failure: Failure, contents: Contents) -> str:
    """Where to read more: the exact line of the log, the cause's page; then the cure and the better way."""
    diagnosis = failure.diagnosis
    jobs = ", ".join(_job(job, failure.evidence if at == 0 else ()) for at, job in enumerate(failure.jobs[:6]))
    if diagnosis is None:
        return f"Log: {jobs}"
    cause = link(code(diagnosis.cause), contents.links.page(diagnosis.cause))
    cure = contents.treatments.get(diagnosis.signature, "")
    hint = prose(diagnosis.hint) if diagnosis.hint else ""
    return "\n\n".join(text for text in (f"Log: {jobs} · Cause: {cause}", cure, hint) if text)


def _job(job: FailedJob, evidence: tuple[Evidence, ...] = ()) -> str:
    """A link to the exact line of the log where there is one."""
    if not evidence:
        return link(code(job.name, 60), job.url)
    line = evidence[0].line
    return f"{link(f'{code(job.name, 60)} line {line}', f'{job.url}#L{line}')}"


def _findings(contents: Contents) -> list[str]:
    groups: dict[str, list[Finding]] = {}
    for finding in sorted(contents.findings, key=lambda finding: finding.severity.rank):
        groups.setdefault(finding.fingerprint, []).append(finding)
    shown = [group for group in groups.values() if group[0].severity is not Severity.INFO][:_SHOWN_FINDINGS]
    folded = [group for group in groups.values() if group not in shown]
    blocks = ["\n".join(_finding(group, contents) for group in shown)]
    if folded:
        lines = [_finding(group, contents) for group in folded[:_FOLDED_FINDINGS]]
        more = len(folded) - len(lines)
        lines += [f"- and {more} more; `scansion check` lists them all"] if more else []
        blocks.append(_folded(f"{len(folded)} more", "\n".join(lines)))
    return blocks


def _finding(group: list[Finding], contents: Contents) -> str:
    finding = group[0]
    place = finding.location
    file = contents.files.get(place.path)
    line = file.lines.position(place.span.start).line if file else 1
    where = link(code(f"{place.path}:{line}"), contents.links.place(place.path, line))
    rule = link(code(finding.rule), contents.links.page(finding.rule))
    treatment = contents.treatments.get(finding.fingerprint, "")
    jobs = sorted({item.job for item in group if item.job})
    others = f"{len(jobs) - 1} other job{'s' if len(jobs) > 2 else ''}"  # noqa: PLR2004
    shared = f" The same in {others}." if len(jobs) > 1 else ""
    text = f"{prose(scrub(finding.message))}{shared} {treatment}".rstrip()
    return f"- **{finding.severity}** {rule} at {where}: {text}"


def _patch(patch: str) -> str:
    return _folded("The fix as a patch", fence(patch.splitlines(), "diff")) if patch else ""


def _history(history: tuple[Past, ...]) -> str:
    lines = [f"- {code(past.sha[:8])} {' '.join(past.verdict.replace('**', '').split())}" for past in history]
    return _folded("Before", "\n".join(lines)) if lines else ""


def _folded(summary: str, body: str) -> str:
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"
