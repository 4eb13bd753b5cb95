"""The one note of a merge request: short first, the verdict in its first line, what is long or old folded."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import chain

from bot.core.diagnosis import Evidence
from bot.core.finding import Location, Severity
from bot.core.render.contents import Contents, FailedJob, Failure, Told
from bot.core.render.groups import Group, grouped
from bot.core.render.inert import clip, code, fence, link, prose, visible
from bot.core.render.marker import digest, marked, read_marker, without_marker
from bot.core.render.secrets import scrub
from bot.core.render.verdict import job_names, names_of, verdict

KIND = "note"
_EVIDENCE_LINES = 4
_SHOWN_FAILURES = 3
_SHOWN_FINDINGS = 6
_FOLDED_FINDINGS = 12
_SHOWN_PLACES = 4
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
        blocks += [_failure_head(failure) if number else "", _evidence(failure), _about(failure, contents)]
    more = len(contents.failures) - _SHOWN_FAILURES
    if more > 0:
        rest = chain.from_iterable(failure.jobs for failure in contents.failures[_SHOWN_FAILURES:])
        blocks.append(f"{more} more failures: {', '.join(_job(job) for job in list(rest)[:10])}")
    return blocks


def _failure_head(failure: Failure) -> str:
    """What the note's first line says of the first failure."""
    message = prose(scrub(failure.diagnosis.message)) if failure.diagnosis else "no known cause explains it."
    return f"**{job_names(failure)} failed:** {message}"


def _evidence(failure: Failure) -> str:
    lines = failure.evidence[:_EVIDENCE_LINES]
    width = max((len(str(line.line)) for line in lines), default=0)
    return fence([_quoted(line, width) for line in lines], "text") if lines else ""


def _quoted(line: Evidence, width: int) -> str:
    """Begin with the number: then no quoted line stands at the start of a line, whatever it says."""
    return f"{line.line:>{width}} | {clip(visible(scrub(line.text[: 8 * _LINE])), _LINE)}".rstrip()


def _about(failure: Failure, contents: Contents) -> str:
    """Where to read more: the exact line of the log, the cause's page; then the cure, and what else to know."""
    diagnosis = failure.diagnosis
    jobs = ", ".join(_job(job, failure.evidence if at == 0 else ()) for at, job in enumerate(failure.jobs[:6]))
    line, known = [f"Log: {jobs}"], [failure.fault_reason]
    if diagnosis is not None:
        line.append(f"Cause: {link(code(diagnosis.cause), contents.links.page(diagnosis.cause))}")
        line.append(contents.treatments.get(diagnosis.signature, ""))
        also = names_of(failure.also_in)
        known += [f"{also} would fail the same way." if also else "", diagnosis.hint]
    joined = " ".join(prose(sentence) for sentence in known if sentence)
    return "\n\n".join(text for text in (" · ".join(part for part in line if part), joined) if text)


def _job(job: FailedJob, evidence: tuple[Evidence, ...] = ()) -> str:
    """A link to the exact line of the log where there is one."""
    if not evidence:
        return link(code(job.name, 60), job.url)
    line = evidence[0].line
    return f"{link(f'{code(job.name, 60)} line {line}', f'{job.url}#L{line}')}"


def _findings(contents: Contents) -> list[str]:
    groups = grouped(contents.findings, contents.treatments)
    shown = [group for group in groups if group.first.severity is not Severity.INFO][:_SHOWN_FINDINGS]
    folded = [group for group in groups if group not in shown]
    blocks = ["\n".join(_finding(group, contents) for group in shown)]
    if folded:
        lines = [_finding(group, contents) for group in folded[:_FOLDED_FINDINGS]]
        more = len(folded) - len(lines)
        lines += [f"- and {more} more; `scansion check` lists them all"] if more else []
        blocks.append(_folded(f"{len(folded)} more", "\n".join(lines)))
    return blocks


def _finding(group: Group, contents: Contents) -> str:
    finding = group.first
    rule = link(code(finding.rule), contents.links.page(finding.rule))
    others = names_of(group.other_jobs)
    said = (
        prose(_without(finding.message, _hints(contents))),
        f"The same in {others}." if others else "",
        contents.treatments.get(finding.fingerprint, ""),
    )
    text = " ".join(part for part in said if part)
    return f"- **{finding.severity}** {rule} at {_places(group, contents)}: {text}"


def _places(group: Group, contents: Contents) -> str:
    """Links to the places; a path is named once."""
    places = list(dict.fromkeys((place.path, _line(place, contents)) for place in group.places))
    links: list[str] = []
    named = ""
    for path, line in places[:_SHOWN_PLACES]:
        label = f":{line}" if path == named else f"{path}:{line}"
        links.append(link(code(label), contents.links.place(path, line)))
        named = path
    more = len(places) - len(links)
    return ", ".join(links) + (f" and {more} more" if more else "")


def _line(place: Location, contents: Contents) -> int:
    file = contents.files.get(place.path)
    return file.lines.position(place.span.start).line if file else 1


def _hints(contents: Contents) -> list[str]:
    diagnoses = (failure.diagnosis for failure in contents.failures if failure.diagnosis)
    return [diagnosis.hint for diagnosis in diagnoses if diagnosis.hint]


def _without(message: str, hints: list[str]) -> str:
    """Leave out what a failure's advice says already."""
    for hint in hints:
        message = message.replace(hint, "")
    return scrub(" ".join(message.split()))


def _patch(patch: str) -> str:
    return _folded("The fix as a patch", fence(patch.splitlines(), "diff")) if patch else ""


def _history(history: tuple[Past, ...]) -> str:
    lines = [f"- {code(past.sha[:8])} {' '.join(past.verdict.replace('**', '').split())}" for past in history]
    return _folded("Before", "\n".join(lines)) if lines else ""


def _folded(summary: str, body: str) -> str:
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"
