"""Which Poetry a job has, and what fixes its version."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from bot.core.ci.model import Job
from bot.core.finding import Location
from bot.core.poetry.calls import poetry_calls
from bot.core.poetry.environment import plain_variables
from bot.core.poetry.text import expand, is_certain
from bot.core.python.versions import parse_version
from bot.core.shell_script.model import Command, Word
from bot.core.system.references import parse_reference

_REQUIREMENT = re.compile(r"poetry(?:\[[\w, -]*\])?\s*(?P<specifier>(?:===?|~=|!=|[<>]=?).*|@.*)?$", re.IGNORECASE)
_CONDA = re.compile(r"(?:[\w-]+::)?poetry(?P<specifier>[=<>].*)?$")
_INSTALLER = re.compile(r"(?:install|get)[-.]p(?:ython-p)?oetry\b|install\.python-poetry\.org|get-poetry\.py")
_IMAGE_VERSION = re.compile(r"(?<![\d.])(\d+\.\d+(?:\.\d+)?)(?![\d.])")
_SYSTEM_PACKAGES = frozenset({"python3-poetry", "poetry", "py3-poetry", "python-poetry"})
_SYSTEM_MANAGERS = frozenset({"apt", "apt-get", "apk", "dnf", "yum", "microdnf", "pacman", "brew", "zypper"})


class Pinned(Enum):
    """How far a version is fixed."""

    EXACT = "exact"
    RANGE = "range"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class PoetrySource:
    """Where a job's Poetry comes from: ``how`` is `pip`, `pipx`, `uv`, `conda`, `installer`, `system` or `image`.

    ``word`` is the requirement as written; ``version`` is None unless it is exact.
    """

    how: str
    pinned: Pinned
    version: Version | None = None
    specifier: str = ""
    location: Location | None = None
    word: Word | None = None
    command: Command | None = None


def poetry_source(job: Job) -> PoetrySource | None:
    """Return where the job's Poetry comes from; None where the job neither installs nor uses it."""
    found = list(_installed(job))
    if found:
        return found[-1]
    return _from_image(job) if poetry_calls(job) else None


def _installed(job: Job) -> Iterator[PoetrySource]:
    variables = plain_variables(job)
    for command in job.commands:
        if _INSTALLER.search(" ".join(command.arguments)) and command.name not in {"echo", "chmod", "rm"}:
            yield from _by_installer(job, command, variables)
            continue
        for how, word, specifier in _requirements(command):
            yield _by_requirement(how, word, specifier, command)


def _requirements(command: Command) -> Iterator[tuple[str, Word, str]]:
    how = _installer_name(command)
    if how is None:
        return
    for word in command.words[1:]:
        pattern = _CONDA if how == "conda" else _REQUIREMENT
        match = pattern.match(word.text)
        if how == "system" and word.text.partition("=")[0] in _SYSTEM_PACKAGES:
            yield how, word, word.text.partition("=")[2]
        elif match and how != "system":
            yield how, word, match["specifier"] or ""


def _installer_name(command: Command) -> str | None:
    texts = command.arguments
    name = command.name
    if name.startswith("python") and texts[:2] == ("-m", "pip"):
        name, texts = "pip", texts[2:]
    elif name.startswith("python") and texts[:2] == ("-m", "pipx"):
        name, texts = "pipx", texts[2:]
    elif name == "uv" and texts[:1] in {("pip",), ("tool",)}:
        texts = texts[1:]
    if not {"install", "add", "-S", "inject"} & set(texts):
        return None
    if re.fullmatch(r"pip[\d.]*", name):
        return "pip"
    if name in {"pipx", "uv"}:
        return name
    if name in {"conda", "mamba", "micromamba"}:
        return "conda"
    return "system" if name in _SYSTEM_MANAGERS else None


def _by_requirement(how: str, word: Word, specifier: str, command: Command) -> PoetrySource:
    pinned, version = _read_specifier(specifier.strip().removeprefix("@") if how == "uv" else specifier, how)
    if not word.known and pinned is not Pinned.NO:
        pinned, version = Pinned.UNKNOWN, None
    return PoetrySource(
        how=how,
        pinned=pinned,
        version=version,
        specifier=specifier,
        location=word.location,
        word=word,
        command=command,
    )


def _read_specifier(text: str, how: str) -> tuple[Pinned, Version | None]:
    if not text:
        return Pinned.NO, None
    if how == "system":
        return Pinned.EXACT, parse_version(text)
    if how == "conda":
        text = re.sub(r"^=(?!=)", "==", text)
    exact = parse_version(text.lstrip("="))
    if exact is not None and text.startswith(("==", "=", *"0123456789")):
        return Pinned.EXACT, exact
    try:
        specifiers = SpecifierSet(text)
    except InvalidSpecifier:
        return Pinned.UNKNOWN, None
    bounded = any(one.operator in {"<", "<=", "~=", "=="} for one in specifiers)
    return (Pinned.RANGE if bounded else Pinned.NO), None


def _by_installer(job: Job, command: Command, variables: Mapping[str, str]) -> Iterator[PoetrySource]:
    """Read `curl ... | python3 - --version X` and `POETRY_VERSION=X python3 install-poetry.py`."""
    if command.pipe_to:
        command = next((one for one in job.commands if one.line == command.line and one.pipe_from), command)
    elif command.name in {"curl", "wget"} and not command.substituted:
        return
    given = command.option("--version") or command.assignments.get("POETRY_VERSION")
    text = given.text if given else variables.get("POETRY_VERSION", "")
    text = expand(text, variables)
    version = parse_version(text)
    pinned = Pinned.EXACT if version else Pinned.UNKNOWN if text and not is_certain(text) else Pinned.NO
    yield PoetrySource(
        how="installer",
        pinned=pinned,
        version=version,
        specifier=text,
        location=command.location,
        command=command,
    )


def _from_image(job: Job) -> PoetrySource | None:
    """Judge an image that must bring Poetry along: a tag with a version fixes it, a moving tag does not."""
    if job.image is None:
        return None
    location = job.image.name.location
    reference = parse_reference(job.image.reference) if job.image.reference else None
    if reference is None or "@" in job.image.name.value:
        return PoetrySource(how="image", pinned=Pinned.UNKNOWN, location=location)
    moving = reference.tag in {"", "latest", "main", "master", "develop", "dev", "edge", "stable"}
    version = _IMAGE_VERSION.search(reference.tag) if "poetry" in reference.name else None
    return PoetrySource(
        how="image",
        pinned=Pinned.NO if moving else Pinned.EXACT,
        version=parse_version(version[1]) if version else None,
        location=location,
    )
