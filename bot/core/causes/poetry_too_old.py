"""The job's Poetry is too old for the project or the command.

What happened
-------------
The project uses something that came with a later Poetry: the `[project]` table (2.0), an option such as
`--only` or `--sync` (1.2), `sync` (2.0), a lock format, or it says so with `requires-poetry`.

What to do
----------
Install the Poetry that the project is developed with, and pin it: `pip install "poetry==2.1.4"`. An old image
keeps Poetry old without a word: the newest that Python 3.8 can run is 1.8.5.

References
----------
- Poetry, history: https://python-poetry.org/history/

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import Sign

NEWER = (
    r"--(?:only|with|without|sync|all-extras|only-root|compile|no-directory|all-groups|lock|regenerate|skip-exis"
    r"ting|group|output|clean|strict|dist-dir|project|directory)"
)

CAUSE = Cause(
    id="poetry-too-old",
    signs=(
        Sign(
            literal="was unexpected",
            pattern=(
                r"Additional properties are not allowed \('(?P<option>group|priority|requires-poetry|"
                r"requires-plugins|package-mode|build-constraints)' (?:was|were) unexpected"
            ),
            message=(
                "The job's Poetry does not know `{option}` in `pyproject.toml`: it is too old. Install a newer "
                "version in the job."
            ),
            kind="option",
            subject="{option}",
        ),
        Sign(
            literal="This project requires Poetry",
            pattern=r"This project requires Poetry (?P<want>.+), but you are using Poetry (?P<have>\S+)",
            message="The project needs Poetry `{want}`, the job has {have}. Install a fitting version in the job.",
            kind="version",
            subject="requires-poetry {want}",
        ),
        Sign(
            literal="[tool.poetry] section not found",
            message=(
                "`pyproject.toml` has no `[tool.poetry]` table, which Poetry 1 needs: it is written for Poetry "
                "2. Install Poetry 2 in the job."
            ),
            kind="file",
            subject="pyproject.toml",
        ),
        Sign(
            literal="'name' is a required property",
            near=r"'version' is a required property",
            message=(
                "This Poetry looks for name and version in `[tool.poetry]`, and `pyproject.toml` does not have "
                "them there. Where they are in `[project]`, install Poetry 2."
            ),
            kind="file",
            subject="pyproject.toml",
        ),
        Sign(
            literal="are required in package mode",
            pattern=r"The fields \[(?P<fields>[^\]]+)\] are required in package mode",
            message=(
                "Poetry 1 looks for {fields} in `[tool.poetry]`, and this `pyproject.toml` has them in "
                "`[project]`. Install Poetry 2 in the job."
            ),
            kind="file",
            subject="pyproject.toml",
        ),
        Sign(
            literal="'name'",
            pattern=r"^'name'$",
            message=(
                "Poetry 1 looks for `name` in `[tool.poetry]`, and this `pyproject.toml` has it in `[project]`. "
                "Install Poetry 2 in the job."
            ),
            kind="file",
            subject="pyproject.toml",
            command=r"\bpoetry\b",
        ),
        Sign(
            literal="'requires-poetry' was unexpected",
            message="`requires-poetry` is known since Poetry 2.0; the job has an older one. Install Poetry 2.",
            kind="option",
            subject="requires-poetry",
        ),
        Sign(
            literal=("option does not exist", "does not exist"),
            pattern=rf'The (?:option )?"(?P<option>{NEWER})"(?: option)? does not exist',
            message=(
                "The job's Poetry does not know `{option}`: it is too old. Install a newer version in the job."
            ),
            kind="option",
            subject="{option}",
        ),
        Sign(
            literal=("The command", "The requested command"),
            pattern=r'The (?:requested )?command "?(?P<option>sync|env|env activate|python|self)"? does not exist',
            message=(
                "The job's Poetry does not know the command `{option}`: it is too old. Install Poetry 2 in the "
                "job."
            ),
            kind="option",
            subject="{option}",
        ),
        Sign(
            # Only Poetry before 1.0 says it in these words.
            literal="is not defined.",
            pattern=r'^\s*Command "(?P<option>[\w:-]+)" is not defined\.',
            near=r"CommandNotFound",
            command=r"\bpoetry\b",
            message=(
                "The job's Poetry does not know the command `{option}`: it is older than 1.0. Install a newer "
                "version in the job."
            ),
            kind="option",
            subject="{option}",
        ),
    ),
    outranks=("removed-poetry-option", "invalid-pyproject"),
)
