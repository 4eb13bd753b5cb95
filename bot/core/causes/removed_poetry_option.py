"""The script uses a command or option that this Poetry does not have.

What happened
-------------
Poetry 2.0 took away `--no-dev`, `--no-update`, `--remove-untracked` and `lock --check`, and moved `export` and
`shell` into plugins. An unpinned `pip install poetry` brings such a change on any day.

What to do
----------
`--no-dev` is `--only main` now; `lock --no-update` is plain `lock`; `--remove-untracked` is `sync`; `lock
--check` is `check --lock`. For `export` install `poetry-plugin-export`; instead of `shell` write `poetry run`.
Pin Poetry's version.

References
----------
- Poetry 2.0.0, removed options: https://python-poetry.org/blog/announcing-poetry-2.0.0/
- Poetry, plugins: https://python-poetry.org/docs/plugins/

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import Sign

CAUSE = Cause(
    id="removed-poetry-option",
    signs=(
        Sign(
            literal="does not exist",
            pattern=r'The option "(?P<option>--?[^"]+)" does not exist',
            message="This Poetry has no option `{option}`. Use what replaced it, and pin Poetry's version.",
            kind="option",
            subject="{option}",
        ),
        Sign(
            literal="option does not exist",
            pattern=r'The "(?P<option>--?[^"]+)" option does not exist',
            message="This Poetry has no option `{option}`. Use what replaced it, and pin Poetry's version.",
            kind="option",
            subject="{option}",
        ),
        Sign(
            literal="Since Poetry (2.0.0), the",
            pattern=r"Since Poetry \(2\.0\.0\), the (?P<command>\S+) command",
            message=(
                "The command `{command}` is a plugin since Poetry 2.0. Install the plugin, or use `poetry run`."
            ),
            kind="option",
            subject="{command}",
        ),
        Sign(
            literal="The requested command",
            pattern=(
                r"The requested command (?:does not exist in the (?P<space>\S+) namespace|(?P<command>\S+) does "
                r"not exist)"
            ),
            message=(
                "This Poetry has no command `{command}{space}`. It may need a plugin, such as "
                "`poetry-plugin-export`."
            ),
            kind="option",
            subject="{command}{space}",
        ),
        Sign(
            literal="The command",
            pattern=r'The command "(?P<command>[^"]+)" does not exist',
            message=(
                "This Poetry has no command `{command}`. It may need a plugin, such as `poetry-plugin-export`."
            ),
            kind="option",
            subject="{command}",
        ),
        Sign(
            literal="Too many arguments",
            command=r"\bpoetry\b",
            message=(
                "This Poetry does not know the command or its arguments. Check what its version takes with "
                "`--help`."
            ),
        ),
        Sign(
            literal="Inappropriate ioctl for device",
            message="`poetry shell` needs a terminal. Write `poetry run COMMAND` in a job.",
            kind="option",
            subject="shell",
        ),
    ),
)
