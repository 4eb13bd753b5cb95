"""Credentials that stand in a pipeline: in variables, in commands, and as tokens anywhere in its files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.ci.model import Job, Pipeline
from bot.core.credentials import is_literal, names_credential
from bot.core.finding import Location
from bot.core.poetry.anchors import place_of_word
from bot.core.shell_script.model import Command, Word
from bot.core.shell_script.poetry_settings import poetry_settings
from bot.core.shell_script.publication import publications

_URL_LOGIN = re.compile(r"[a-z][a-z0-9+.-]*://([^\s/@:$]+):([^\s/@$]{3,})@(?!localhost\b|127\.|\$)([\w.-]+)")
_HEADER = re.compile(r"(?i)(?:private|job|deploy)-token:\s*([^\s$]{8,})|authorization:\s*\w+\s+([^\s$]{8,})")
_LOGINS = frozenset({"docker", "podman", "buildah", "skopeo", "helm"})


@dataclass(frozen=True, slots=True)
class Given:
    """A literal credential. ``what`` names it for the reader without a part of its value.

    ``explicit``: the place takes nothing but credentials, so even a short word is one. ``job`` is None for a
    variable of the whole pipeline.
    """

    what: str
    value: str
    location: Location
    job: str | None
    explicit: bool = False


def given_credentials(pipeline: Pipeline) -> Iterator[Given]:
    """Yield the literal credentials of a pipeline, in variables first, then in commands."""
    shared = {text.location for text in pipeline.variables.values()}
    for name, text in pipeline.variables.items():
        if names_credential(name) and is_literal(text.value):
            yield Given(f"The variable `{name}`", text.value, text.location, None)
    for job in pipeline.jobs:
        for name, text in job.variables.items():
            if text.location not in shared and names_credential(name) and is_literal(text.value):
                yield Given(f"The variable `{name}`", text.value, text.location, job.name)
        yield from _in_commands(job)


def _in_commands(job: Job) -> Iterator[Given]:
    for setting in poetry_settings(job.commands):
        section = setting.key.partition(".")[0]
        if section in {"http-basic", "pypi-token"} and setting.values:
            yield from _word(job, setting.command, setting.values[-1], f"`poetry config {setting.key}`")
    for publication in publications(job.commands):
        if publication.password is not None:
            what = f"The password of `{publication.tool}`"
            yield from _word(job, publication.command, publication.password, what)
    for command in job.commands:
        yield from _in_command(job, command)


def _in_command(job: Job, command: Command) -> Iterator[Given]:
    for name, word in command.assignments.items():
        if names_credential(name) and word.known and word.location and name not in job.variables:
            yield Given(f"The variable `{name}`", word.text, place_of_word(job, command, word), job.name)
    password = (
        command.option("-p", "--password") if command.name in _LOGINS and "login" in command.arguments else None
    )
    if password is not None:
        yield from _word(job, command, password, f"The password of `{command.name} login`")
    for word in command.words[1:]:
        yield from _in_word(job, command, word)


def _in_word(job: Job, command: Command, word: Word) -> Iterator[Given]:
    login = _URL_LOGIN.search(word.text)
    if login:
        what = f"The address of `{login[3]}`"
        yield Given(what, login[2], place_of_word(job, command, word), job.name)
    header = _HEADER.search(word.text)
    if header:
        value = header[1] or header[2]
        yield Given("The header of a request", value, place_of_word(job, command, word), job.name)


def _word(job: Job, command: Command, word: Word, what: str) -> Iterator[Given]:
    if word.known and is_literal(word.text) and not _from_variable(job, word):
        yield Given(what, word.text, place_of_word(job, command, word), job.name, explicit=True)


def _from_variable(job: Job, word: Word) -> bool:
    """Whether the literal came in through a variable of the file, which is reported itself."""
    return any(text.value == word.text for text in job.variables.values())
