"""The uploads of Python packages in a job, whatever tool makes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.ci.model import Job
from bot.core.poetry.calls import PoetryCall, poetry_calls
from bot.core.shell_script.model import Command, Word

_CONTAINERS = frozenset({"docker", "podman", "nerdctl"})
_IN_CONTAINER = re.compile(r"\b(poetry|twine)\s+(?:publish|upload)\b")
_SUBCOMMANDS = {
    "twine": ("upload",),
    "semantic-release": ("publish", "version"),
    "semantic_release": ("publish", "version"),
    "flit": ("publish",),
    "hatch": ("publish",),
    "uv": ("publish",),
    "pdm": ("publish",),
}


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One upload. ``tool`` is `poetry`, `twine`, `semantic-release`, `flit`, `hatch`, `uv` or `pdm`.

    ``call`` is the Poetry call for `poetry publish`.
    """

    job: Job
    command: Command
    tool: str
    call: PoetryCall | None = None

    @property
    def repository(self) -> Word | None:
        """The repository's name as given on the command line."""
        return self.command.option("-r", "--repository")

    @property
    def builds(self) -> bool:
        """Whether the upload builds the package itself."""
        return self.tool not in {"poetry", "twine"} or self.command.has_option("--build")


def read_uploads(job: Job) -> tuple[Upload, ...]:
    """Return the uploads that a job makes; trial runs (`--dry-run`) are none."""
    return tuple(_uploads(job))


def _uploads(job: Job) -> Iterator[Upload]:
    calls = {call.index: call for call in poetry_calls(job)}
    for index, command in enumerate(job.commands):
        call = calls.get(index)
        tool = _tool_of(command, call)
        if tool and not command.has_option("--dry-run", "--help", "--noop", "-h"):
            yield Upload(job=job, command=command, tool=tool, call=call)


def _tool_of(command: Command, call: PoetryCall | None) -> str:
    if call is not None and call.action == "publish":
        return "poetry"
    words = [word.text for word in command.words]
    if call is not None and call.action == "run":
        words = [word.text for word in call.words]
    return _tool_of_words(words)


def _tool_of_words(words: list[str]) -> str:
    if words[:1] and words[0].startswith("python") and words[1:2] == ["-m"]:
        words = words[2:]
    if not words:
        return ""
    name, rest = words[0].rpartition("/")[2], words[1:]
    operands = [word for word in rest if not word.startswith("-")]
    if name in {"uvx", "pipx"} and operands:
        return _tool_of_words([word for word in operands if word != "run"])
    if name in _CONTAINERS:
        found = _IN_CONTAINER.search(" ".join(rest))
        return found[1] if found else ""
    subcommands = _SUBCOMMANDS.get(name, ())
    return name.replace("_", "-") if operands and operands[0] in subcommands else ""
