"""How a job gets Poetry, and which version: pip, pipx, uv, the official installer, system packages, conda."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.core.shell_script.arguments import parse_arguments
from bot.core.shell_script.model import Command, Word
from bot.core.shell_script.poetry_settings import environment_value
from bot.core.shell_script.programs import Program, inner_program, is_python, outer_program
from bot.core.shell_script.requirement import exact_version, read_requirement, requirements_of
from bot.core.shell_script.system_install import system_installs

if TYPE_CHECKING:
    from bot.core.ci.model import Job

_PIP_OPTIONS = (
    "-r --requirement -c --constraint -e --editable -t --target -i --index-url --extra-index-url -f --find-links "
    "--prefix --root --src --python --python-version --platform --trusted-host --proxy --timeout --retries "
    "--cache-dir --progress-bar --upgrade-strategy --config-settings -C --cert --client-cert --log"
)
_PIP = frozenset(_PIP_OPTIONS.split())
_TOOL_OPTIONS = (
    "--python -p --with --suffix --pip-args --spec --index --index-url --default-index -i --from --preinstall"
)
_CONDA_OPTIONS = "-c --channel -n --name -p --prefix --file"
_INSTALLERS: dict[tuple[str, ...], tuple[str, str]] = {
    ("pip", "install"): ("pip", _PIP_OPTIONS),
    ("uv", "pip", "install"): ("pip", _PIP_OPTIONS),
    ("pipx", "install"): ("pipx", _TOOL_OPTIONS),
    ("pipx", "upgrade"): ("pipx", _TOOL_OPTIONS),
    ("uv", "tool", "install"): ("uv", _TOOL_OPTIONS),
    ("uvx",): ("uv", _TOOL_OPTIONS),
    ("pipx", "run"): ("pipx", _TOOL_OPTIONS),
    ("conda", "install"): ("conda", _CONDA_OPTIONS),
    ("mamba", "install"): ("conda", _CONDA_OPTIONS),
    ("micromamba", "install"): ("conda", _CONDA_OPTIONS),
    ("conda", "create"): ("conda", _CONDA_OPTIONS),
    ("mamba", "create"): ("conda", _CONDA_OPTIONS),
    ("micromamba", "create"): ("conda", _CONDA_OPTIONS),
    ("asdf", "install"): ("asdf", ""),
    ("mise", "use"): ("mise", ""),
    ("mise", "install"): ("mise", ""),
    ("brew", "install"): ("brew", ""),
}
_RUN_ONCE = frozenset({("uvx",), ("pipx", "run")})
_SYSTEM_PACKAGES = frozenset({"poetry", "python3-poetry", "py3-poetry"})
_SCRIPT = re.compile(r"install\.python-poetry\.org|get-poetry\.py|python-poetry/\S*install-poetry\.py")
_FETCHERS = frozenset({"curl", "wget", "http", "fetch"})


@dataclass(frozen=True)
class PoetrySetup:
    """One way in which Poetry comes into the job.

    ``manager``: pip, pipx, uv, conda, asdf, mise, brew, self (`poetry self update`), installer
    (install.python-poetry.org), get-poetry (its forerunner, gone since Poetry 1.2), or a system package manager
    (apt, apk, dnf...).
    ``version`` is exact and certain, else None; ``is_pinned`` holds for `poetry==$VERSION` too.
    ``word`` is the place to edit: the requirement (`poetry`, `poetry==1.8`), or the installer's version.
    """

    manager: str
    command: Command
    constraint: str = ""
    version: str | None = None
    is_pinned: bool = False
    word: Word | None = None


def poetry_setups(job: Job) -> tuple[PoetrySetup, ...]:
    """Return every way in which the job's own script brings Poetry, in order. An image may bring it too."""
    commands = job.commands
    found = [_constrained(job, setup) for command in commands for setup in _by_package(command)]
    found += [setup for command in commands for setup in _by_requirements(job, command)]
    found += [setup for command in commands for setup in _by_itself(command)]
    found += _by_system(commands)
    found += _by_script(job, commands)
    order = {id(command): index for index, command in enumerate(commands)}
    return tuple(sorted(found, key=lambda setup: order[id(setup.command)]))


def missing_requirements(job: Job) -> frozenset[str]:
    """Return the requirements and constraints files that pip reads in the job and `Job.files` lacks."""
    options = ("-r", "--requirement", "-c", "--constraint")
    named = {path for command in job.commands for path in _pip_files(command, *options)}
    return frozenset(path for path in named if path is not None and path not in job.files)


def _by_package(command: Command) -> Iterator[PoetrySetup]:
    program = inner_program(command) if outer_program(command).name == "poetry" else outer_program(command)
    for head, (manager, options) in _INSTALLERS.items():
        operands = _behind(program, head, frozenset(options.split()))
        if operands is None:
            continue
        named = operands[:1] if head in _RUN_ONCE else operands
        for index, word in enumerate(named):
            requirement = read_requirement(word)
            if requirement is None or requirement.name != "poetry":
                continue
            version = (
                exact_version(operands[index + 1]) if manager == "asdf" and index + 1 < len(operands) else None
            )
            yield PoetrySetup(
                manager,
                command,
                requirement.constraint,
                version or requirement.version,
                requirement.is_pinned or version is not None,
                word,
            )


def _pip_files(command: Command, *options: str) -> Iterator[str | None]:
    """Yield the paths that pip is given with an option, None for one that is not certain."""
    program = outer_program(command)
    if _behind(program, ("pip", "install"), _PIP) is None:
        return
    for word in parse_arguments(program.arguments, _PIP).values(*options):
        certain = word.known and command.directory is not None and not word.text.startswith(("/", "~"))
        yield posixpath.normpath(posixpath.join(command.directory or "", word.text)) if certain else None


def _by_requirements(job: Job, command: Command) -> Iterator[PoetrySetup]:
    for path in _pip_files(command, "-r", "--requirement"):
        for found in requirements_of(job.files.get(path or "", "")):
            if found.name == "poetry":
                yield PoetrySetup("pip", command, found.constraint, found.version, found.is_pinned)


def _constrained(job: Job, setup: PoetrySetup) -> PoetrySetup:
    """Take the version from a constraints file; one that is not at hand may well pin it."""
    if setup.is_pinned or setup.manager != "pip":
        return setup
    for path in _pip_files(setup.command, "-c", "--constraint"):
        text = job.files.get(path or "")
        named = [found for found in requirements_of(text or "") if found.name == "poetry"]
        if named or text is None:
            version = named[-1].version if named else None
            return replace(setup, version=version, is_pinned=not named or named[-1].is_pinned)
    return setup


def _behind(program: Program, head: tuple[str, ...], with_value: frozenset[str]) -> tuple[Word, ...] | None:
    if program.name != head[0]:
        return None
    ends = head in _RUN_ONCE
    operands = parse_arguments(program.arguments, with_value, first_operand_ends=ends and len(head) == 1).operands
    names = tuple(word.text for word in operands[: len(head) - 1])
    return operands[len(names) :] if names == head[1:] else None


def _by_itself(command: Command) -> Iterator[PoetrySetup]:
    """Yield what `poetry self update [VERSION]` makes of the Poetry that is there."""
    program = outer_program(command)
    words = [word for word in program.arguments if not word.text.startswith("-")]
    if program.name == "poetry" and [word.text for word in words[:2]] == ["self", "update"]:
        version = words[2] if len(words) > 2 else None  # noqa: PLR2004 - behind the two words
        exact = exact_version(version)
        constraint = f"=={version.text}" if version is not None else ""
        yield PoetrySetup("self", command, constraint, exact, version is not None, version)


def _by_system(commands: tuple[Command, ...]) -> Iterator[PoetrySetup]:
    for install in system_installs(commands):
        for word in install.packages:
            name, _, version = word.text.partition("=")
            if name in _SYSTEM_PACKAGES:
                exact = exact_version(Word(version)) if version else None
                constraint = f"={version}" if version else ""
                yield PoetrySetup(install.manager, install.command, constraint, exact, exact is not None, word)


def _by_script(job: Job, commands: tuple[Command, ...]) -> Iterator[PoetrySetup]:
    for index, command in enumerate(commands):
        words = " ".join(command.arguments)
        script = _SCRIPT.search(words)
        if script is None or command.name not in _FETCHERS:
            continue
        runner = next((later for later in commands[index + 1 :] if _runs_installer(later, command)), command)
        version = parse_arguments(runner.words[1:], frozenset({"--version"})).value("--version")
        version = version or environment_value(job, runner, "POETRY_VERSION")
        manager = "get-poetry" if script[0] == "get-poetry.py" else "installer"
        exact = exact_version(version)
        constraint = f"=={version.text}" if version is not None else ""
        yield PoetrySetup(manager, runner, constraint, exact, version is not None, version)


def _runs_installer(later: Command, fetch: Command) -> bool:
    """Whether a command runs what another one fetched, by a pipe, a substitution or a file."""
    if not is_python(later.name):
        return False
    words = " ".join(later.arguments)
    if fetch.pipe_to or fetch.substituted:
        return later.pipe_from == fetch.name or _SCRIPT.search(words) is not None
    return any(word.text.endswith(".py") for word in later.words[1:])


_IMAGE = re.compile(r"poetry[^/:@]*(?::([^@]+))?(?:@|\Z)", re.IGNORECASE)
_IMAGE_VERSION = re.compile(r"(py(?:thon|pi|py)?-?)?(?<![\d.])(\d+\.\d+(?:\.\d+)?)(?![\d.])", re.IGNORECASE)


def image_poetry(reference: str) -> tuple[bool, str | None]:
    """Say whether an image's name promises Poetry, and its version where the tag names one without doubt."""
    found = _IMAGE.search(reference.rpartition("/")[2])
    if found is None:
        return "poetry" in reference.lower(), None
    numbers = [number for prefix, number in _IMAGE_VERSION.findall(found[1] or "") if not prefix]
    fitting = [number for number in numbers if number[:2] in {"1.", "2."}]
    return True, fitting[0] if len(fitting) == 1 else None
