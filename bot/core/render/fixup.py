"""The words of a fix-up merge request: title, description with the proof, commit messages, patch."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.fixup_plan import Step
from bot.core.render.inert import clip, code, link, prose, visible
from bot.core.render.secrets import scrub
from bot.core.source import SourceFile

KIND = "fixup"
DRAFT = "Draft: "
MAX_PATCH_LINES = 40
MAX_PATCH_WIDTH = 1000
_NOT_IN_TITLES = re.compile(r"[^\w\s.,:;()'\"/=+`-]|<U\+[0-9A-F]+>")
_DRAFT_MARK = re.compile(r"(?i)^\s*(?:draft\s*:|\[draft\]|\(draft\)|wip:)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class FixupState:
    """What the description's marker keeps: enough to know at any moment what was done and for what.

    ``origin`` is the iid of the merge request that it is for, None for a branch's own failure. ``base`` is the
    commit that it was built on, ``content`` the digest of the first plan's files, ``pushed`` our last commit.
    """

    fingerprint: str
    covers: tuple[str, ...]
    base: str
    content: str
    pushed: str
    title: str
    origin: int | None = None
    digest: str = ""
    email: str = ""
    round: int = 1
    requests: tuple[int, ...] = ()
    lines: tuple[str, ...] = ()  # the description's list, one line a step
    tried: tuple[str, ...] = ()  # what each finished round came to
    judged: int = 0  # the pipeline that the last round ended with
    ready: bool = False
    given_up: bool = False
    obsolete: str = ""  # why we closed it ourselves
    refused: tuple[str, ...] = ()  # what a person refused before, by closing others
    answered: tuple[int, ...] = ()  # requests that others have answered


@dataclass(frozen=True, slots=True)
class Run:
    """A finished pipeline as the proof names it."""

    id: int
    url: str
    status: str
    duration_s: float | None = None


def title_of(steps: Sequence[Step]) -> str:
    """Return a title that holds nothing GitLab would act on."""
    more = f" and {len(steps) - 1} more" if len(steps) > 1 else ""
    return clip(_plain(steps[0].title), 120) + more


def commit_message(step: Step, fingerprint: str, *, last: bool) -> str:
    """Return a commit's message; only the last commit of a push starts a pipeline."""
    skip = "" if last else "\n\n[skip ci]"
    return (
        f"{clip(_plain(step.title), 100)}\n\nFound by Scansion ({step.kind}).\nScansion-Fix: {fingerprint}{skip}"
    )


def is_our_message(message: str, fingerprint: str) -> bool:
    """Whether a commit carries our trailer."""
    return f"\nScansion-Fix: {fingerprint}" in message


def without_draft(title: str) -> str:
    """Return a title without its draft mark."""
    return _DRAFT_MARK.sub("", title)


def step_line(step: Step) -> str:
    """Return one line of the description's list."""
    return f"- {prose(step.title)} ({code(step.kind)}): {prose(scrub(step.reason), 300)}"


def describe(state: FixupState, about: str, proof: str) -> str:
    """Return the description. ``about`` says what it is for; ``proof`` how it stands with its pipeline."""
    tried = "\n".join(("What was tried:", "", *state.tried)) if state.tried else ""
    blocks = [about, "\n".join(state.lines), proof, tried, _FOOT]
    return "\n\n".join(block for block in blocks if block)


def proof_of(run: Run, before: Run | None) -> str:
    """Return the proof: the green pipeline, with what it took before and after."""
    was = f"; before, {_run(before)} {before.status}{_took(before)}" if before else ""
    return f"**Proof:** {_run(run)} passed{_took(run)}{was}."


def patch_of(before: Mapping[str, SourceFile], after: Mapping[str, SourceFile]) -> str:
    """Return the change as a patch; empty where it is too long for a note."""
    lines: list[str] = []
    for path in sorted(after):
        old = before[path].text.splitlines() if path in before else []
        new = after[path].text.splitlines()
        lines += difflib.unified_diff(old, new, f"a/{path}", f"b/{path}", lineterm="")
    if len(lines) > MAX_PATCH_LINES or any(len(line) > MAX_PATCH_WIDTH for line in lines):
        return ""
    return "\n".join(visible(scrub(line)) for line in lines)


PENDING = "**Proof:** not yet. This stays a draft until its own pipeline is green."

_FOOT = (
    "<sub>Written by Scansion. Closing this merge request means no: it is not proposed again. A commit or an edit "
    "of yours is left alone.</sub>"
)


def _plain(text: str) -> str:
    return " ".join(_NOT_IN_TITLES.sub("", visible(_DRAFT_MARK.sub("", text))).split()).lstrip("/-")


def _run(run: Run) -> str:
    return link(f"pipeline {run.id}", run.url)


def _took(run: Run) -> str:
    if run.duration_s is None:
        return ""
    minutes, seconds = divmod(round(run.duration_s), 60)
    return f" after {minutes} min {seconds} s" if minutes else f" after {seconds} s"
