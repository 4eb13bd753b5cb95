"""Commands that upload packages, with the repository and the credentials that they are given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.core.shell_script.arguments import Arguments, parse_arguments
from bot.core.shell_script.model import Command, Word
from bot.core.shell_script.poetry_call import poetry_call
from bot.core.shell_script.programs import Program, inner_program

_TWINE = frozenset(
    [
        "-r",
        "--repository",
        "--repository-url",
        "-s",
        "--sign-with",
        "-i",
        "--identity",
        "-u",
        "--username",
        "-p",
        "--password",
        "-c",
        "--comment",
        "--config-file",
        "--cert",
        "--client-cert",
    ]
)
_OTHERS = frozenset(
    [
        "-r",
        "--repo",
        "--repository",
        "--publish-url",
        "--index",
        "-u",
        "--user",
        "--username",
        "-p",
        "--password",
        "--auth",
        "-t",
        "--token",
        "--check-url",
        "--trusted-publishing",
        "--pypirc",
        "--ca-certs",
    ]
)
_PUBLISHERS = {"flit", "hatch", "uv", "pdm", "rye", "maturin"}


@dataclass(frozen=True)
class Publication:
    """One upload. ``tool``: poetry, twine, flit, hatch, uv, pdm, rye, maturin, setuptools or semantic-release.

    ``repository`` is a name that the tool's settings explain, ``url`` an address; both None: the tool's default,
    which is PyPI unless variables say otherwise. ``builds``: the same command builds first.
    """

    tool: str
    command: Command
    arguments: Arguments
    repository: Word | None = None
    url: Word | None = None
    username: Word | None = None
    password: Word | None = None
    builds: bool = False
    skips_existing: bool = False
    is_dry_run: bool = False


def publications(commands: Iterable[Command]) -> Iterator[Publication]:
    """Yield the uploads in order."""
    for command in commands:
        found = _by_poetry(command) or _by_tool(inner_program(command))
        if found is not None:
            yield found


def _by_poetry(command: Command) -> Publication | None:
    call = poetry_call(command)
    if call is None or call.subcommand != "publish":
        return None
    given = call.arguments
    return Publication(
        "poetry",
        command,
        given,
        repository=given.value("-r", "--repository"),
        username=given.value("-u", "--username"),
        password=given.value("-p", "--password"),
        builds=given.has("--build"),
        skips_existing=given.has("--skip-existing"),
        is_dry_run=given.has("--dry-run"),
    )


def _by_tool(program: Program) -> Publication | None:
    with_value = _TWINE if program.name == "twine" else _OTHERS
    given = parse_arguments(program.arguments, with_value)
    action = given.operands[0].text if given.operands else ""
    if program.name == "twine" and action == "upload":
        return _upload("twine", program, given)
    if program.name in _PUBLISHERS and action in {"publish", "upload"}:
        return _upload(program.name, program, given)
    if program.name == "semantic-release" and action in {"publish", "version"}:
        return _semantic_release(program, given, action)
    if any(word.text == "setup.py" for word in program.command.words) and "upload" in program.command.arguments:
        return _upload("setuptools", program, given)
    return None


def _upload(tool: str, program: Program, given: Arguments) -> Publication:
    return Publication(
        tool,
        program.command,
        given,
        repository=given.value("-r", "--repository", "--repo", "--index"),
        url=given.value("--repository-url", "--publish-url"),
        username=given.value("-u", "--username", "--user"),
        password=given.value("-p", "--password", "--auth", "-t", "--token"),
        builds=tool in {"flit", "pdm", "maturin", "setuptools"} and not given.has("--no-build"),
        skips_existing=given.has("--skip-existing", "--check-url"),
        is_dry_run=given.has("--dry-run"),
    )


def _semantic_release(program: Program, given: Arguments, action: str) -> Publication | None:
    """`semantic-release version` tags; it uploads only with `publish` (and before version 8 by default)."""
    if action == "version":
        return None
    return Publication("semantic-release", program.command, given, builds=True, is_dry_run=given.has("--noop"))


def credential_variables(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of variables that hold credentials of Poetry, twine, uv, flit or hatch."""
    heads = (
        "POETRY_PYPI_TOKEN_",
        "POETRY_HTTP_BASIC_",
        "TWINE_USER",
        "TWINE_PASS",
        "UV_PUBLISH_",
        "FLIT_",
        "HATCH_INDEX_",
    )
    return tuple(name for name in names if name.startswith(heads))
