"""A Python tool was called that is not in the environment of the command.

What happened
-------------
The tool (pytest, black, mypy, ...) is installed in Poetry's environment and called without `poetry run`, or it
is in a group that the job did not install, or it is no dependency at all.

What to do
----------
Call it as `poetry run TOOL`, and install the group that it is in (`poetry install --with dev`). A job that
activates the environment by itself has to do so in the same shell.

References
----------
- Poetry, run: https://python-poetry.org/docs/cli/#run

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.causes._python_words import TOOLS
from bot.core.causes._shell_words import SHELL
from bot.core.sign import Sign

CAUSE = Cause(
    id="command-outside-environment",
    signs=(
        Sign(
            literal="could not find executable",
            pattern=r"could not find executable (?P<name>\S+)",
            message=(
                "tox does not find `{name}` in its environment. Add it to `deps`, or to `allowlist_externals`."
            ),
            kind="command",
            subject="{name}",
        ),
        Sign(
            literal="Command not found: ",
            pattern=r"^\s*Command not found: (?P<name>\S+)",
            message=(
                "Poetry's environment has no command `{name}`. Add its package to the dependencies, or install "
                "its group in this job."
            ),
            kind="command",
            subject="{name}",
        ),
        Sign(
            literal="No such file or directory: b'",
            pattern=r"No such file or directory: b'(?:/\S*/)?(?P<name>[\w.-]+)'",
            near=r"_execvpe",
            message=(
                "Poetry's environment has no command `{name}`. Add its package to the dependencies, or install "
                "its group in this job."
            ),
            kind="command",
            subject="{name}",
        ),
        Sign(
            literal="not found",
            pattern=rf"(?:{SHELL}|^env: \W?)(?P<name>{TOOLS}): (?:command )?not found",
            message=(
                "The shell does not find `{name}`. Call it as `poetry run {name}`, and install the group that "
                "it is in."
            ),
            kind="command",
            subject="{name}",
        ),
        Sign(
            literal="No such file or directory",
            pattern=(
                rf"(?:make(?:\[\d+\])?: |env: \W?|Error: \[Errno 2\] .*: ')(?P<name>{TOOLS})\W?:? *(?:No such "
                rf"file or directory)?$"
            ),
            message=(
                "The job does not find `{name}`. Call it as `poetry run {name}`, and install the group that it "
                "is in."
            ),
            kind="command",
            subject="{name}",
        ),
        Sign(
            literal="Exception running subprocess",
            pattern=r"Exception running subprocess \[Errno 2\] No such file or directory: '(?P<name>[^'/]+)'",
            message=(
                "tox does not find `{name}` in its environment. Add it to `deps`, or to `allowlist_externals`."
            ),
            kind="command",
            subject="{name}",
        ),
        Sign(
            literal="Failed to spawn",
            pattern=r"Failed to spawn: `(?P<name>[^`]+)`",
            message="The environment has no command `{name}`. Add its package to the dependencies.",
            kind="command",
            subject="{name}",
        ),
        Sign(
            literal="could not find",
            pattern=r"allowlist_externals|could not find (?P<name>\S+) executable",
            message=(
                "tox does not find `{name}` in its environment. Add it to `deps`, or to `allowlist_externals`."
            ),
            kind="command",
            subject="{name}",
            command=r"\btox\b",
        ),
    ),
    outranks=("missing-system-package",),
)
