"""The diagnosis of one job's log: every cause asked, the root put first."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from ahocorasick_rs import AhoCorasick, BytesAhoCorasick, Implementation, MatchKind

from bot.core.baseline import Baseline
from bot.core.cause import Cause, TraceContext, all_causes
from bot.core.ci.reader import read_pipeline
from bot.core.diagnosis import Diagnosis, TraceReport, Verdict
from bot.core.finding import Confidence
from bot.core.install_time import install_time
from bot.core.job_log import JobLog
from bot.core.job_log.log import make_plain
from bot.core.job_log.packages import HINTS
from bot.core.notable import notable_lines
from bot.core.snapshot import Snapshot
from bot.core.system.job_images import image_references
from bot.core.trace import Outcome, Trace
from bot.core.trace_reader import STRUCTURE, read_trace

NOTHING_LEARNED = Baseline()
MOST = 5
RARE = 7  # letters; shorter words are too common to keep the middle of a long log for
_CERTAINTY = (Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW)


def diagnose(
    chunks: Iterable[bytes],
    *,
    snapshot: Snapshot | None = None,
    job: str | None = None,
    image: str | None = None,
    baseline: Baseline = NOTHING_LEARNED,
) -> TraceReport:
    """Read a raw log in pieces of any size and say why the job failed. Memory is bounded, whatever the size.

    ``baseline`` is what green runs of the job print: it shows which lines of an unexplained failure are new.
    """
    trace = read_log(chunks)
    if trace.outcome is Outcome.EMPTY:
        return TraceReport(verdict=Verdict.NO_TRACE)
    if trace.outcome is Outcome.SUCCEEDED:
        return TraceReport(verdict=Verdict.SUCCEEDED)
    log = _catalogue().log(trace)
    ran_in = image or trace.image or _image_of(snapshot, job)
    context = TraceContext(log=log, snapshot=snapshot, job=job, image=ran_in)
    found = _ranked(_ask(context))
    if trace.outcome is Outcome.UNFINISHED:
        return TraceReport(verdict=Verdict.PARTIAL_TRACE, diagnoses=found)
    took = install_time(trace)
    if found:
        return TraceReport(verdict=Verdict.DIAGNOSED, diagnoses=found, install_time=took)
    return TraceReport(verdict=Verdict.UNKNOWN, notable=notable_lines(log, baseline), install_time=took)


def read_log(chunks: Iterable[bytes]) -> Trace:
    """Read a raw log as a diagnosis does: of a long one the same lines are kept."""
    return read_trace(chunks, _catalogue().in_bytes)


def _image_of(snapshot: Snapshot | None, job: str | None) -> str | None:
    """The one image that the CI file gives the job."""
    if snapshot is None or job is None:
        return None
    pipeline = read_pipeline(snapshot)
    found = pipeline.job(job) if pipeline else None
    references = image_references(found) if found else ()
    return references[0] if len(references) == 1 else None


def _ask(context: TraceContext) -> Iterator[tuple[Cause, Diagnosis]]:
    for cause in all_causes().values():
        for diagnosis in cause.ask(context):
            yield cause, replace(diagnosis, infrastructure=cause.infrastructure)


def _ranked(said: Iterable[tuple[Cause, Diagnosis]]) -> tuple[Diagnosis, ...]:
    """The root first: consequences dropped, then by certainty, then in the order of the log."""
    pairs = list(said)
    # What is only guessed does not silence what is known.
    speaking = {cause.id: cause for cause, diagnosis in pairs if diagnosis.confidence is not Confidence.LOW}
    consequences = {lower for cause in speaking.values() for lower in cause.outranks}
    roots = [(cause, diagnosis) for cause, diagnosis in pairs if cause.id not in consequences]
    first_hand = any(not cause.last_resort for cause, _ in roots)
    kept = [diagnosis for cause, diagnosis in roots if not (cause.last_resort and first_hand)]
    unique = {(item.cause, item.subject): item for item in reversed(kept)}
    return tuple(sorted(unique.values(), key=_order)[:MOST])


def _order(item: Diagnosis) -> tuple[int, int, str]:
    return _CERTAINTY.index(item.confidence), item.evidence[0].line if item.evidence else 0, item.cause


@dataclass(frozen=True)
class _Catalogue:
    """The words of all causes, made searchable once."""

    words: Sequence[str]
    in_text: AhoCorasick
    in_bytes: BytesAhoCorasick

    def log(self, trace: Trace) -> JobLog:
        plain = make_plain(trace)
        return JobLog(trace, self._hits(plain), plain)

    def _hits(self, plain: Sequence[str]) -> Mapping[str, Sequence[int]]:
        starts: list[int] = []
        position = 0
        for text in plain:
            starts.append(position)
            position += len(text) + 1
        hits: dict[str, list[int]] = {}
        for word, start, _ in self.in_text.find_matches_as_indexes("\n".join(plain), overlapping=True):
            lines = hits.setdefault(self.words[word], [])
            index = bisect_right(starts, start) - 1
            if not lines or lines[-1] != index:
                lines.append(index)
        return hits


@cache
def _catalogue() -> _Catalogue:
    telling = {word for cause in all_causes().values() for word in cause.words}
    words = sorted(telling | set(HINTS))
    in_bytes = sorted(word.encode() for word in {*STRUCTURE, *telling} if word in STRUCTURE or len(word) >= RARE)
    return _Catalogue(
        words,
        AhoCorasick(words, MatchKind.Standard, implementation=Implementation.DFA),
        BytesAhoCorasick(in_bytes, MatchKind.Standard, Implementation.DFA),
    )
