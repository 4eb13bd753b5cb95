"""Places and names for findings about jobs."""

from __future__ import annotations

import re

from bot.core.ci.model import Job
from bot.core.finding import Location
from bot.core.shell_script.model import Command, Word
from bot.core.snapshot import Snapshot

_TOP_LEVEL = re.compile(r"""^(?:"([^"\n]+)"|'([^'\n]+)'|([^\s#"'-][^\r\n]*?))\s*:(?:\s|$)""", re.MULTILINE)


def place_of_command(job: Job, command: Command) -> Location:
    """Return a command's place in the CI files: for one in a script of the repository, the line that runs it."""
    if command.location is not None and not command.origin:
        return command.location
    if 0 <= command.line < len(job.script):
        return job.script[command.line].location
    return job.key


def place_of_word(job: Job, command: Command, word: Word | None) -> Location:
    """Return a word's place in the CI files, else its command's."""
    if word is not None and word.location is not None and not command.origin:
        return word.location
    return place_of_command(job, command)


def owner_of(snapshot: Snapshot, location: Location) -> str:
    """Return the top-level key of the CI file under which a place stands: a job, a template, `default`.

    It names a finding in a way that survives moved lines.
    """
    text = snapshot.text(location.path) or ""
    line_end = text.find("\n", location.span.start)
    head = text[: line_end if line_end >= 0 else len(text)]
    names = _TOP_LEVEL.findall(head)
    return "".join(names[-1]) if names else ""
