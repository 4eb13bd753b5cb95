"""The script names a dependency group or an extra that `pyproject.toml` does not have.

What happened
-------------
`--with`, `--only`, `--without`, `--group` or `--extras` names a group or extra that is not defined, is spelled
differently, or is an extra where the script means a group.

What to do
----------
Compare the name with `[tool.poetry.group.*]`, `[dependency-groups]` and `[project.optional-dependencies]`.
Poetry before 1.5 ignored unknown groups.

References
----------
- Poetry, dependency groups: https://python-poetry.org/docs/managing-dependencies/#dependency-groups

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import Sign

CAUSE = Cause(
    id="unknown-group-or-extra",
    signs=(
        Sign(
            literal="not found: ",
            pattern=r"Group\(s\) not found: (?P<name>[^(]+)",
            message="`pyproject.toml` has no dependency group `{name}`. Check its spelling, or define it.",
            kind="option",
            subject="{name}",
        ),
        Sign(
            literal="is not specified.",
            pattern=r"Extra \[(?P<name>[^\]]+)\] is not specified",
            message="`pyproject.toml` has no extra `{name}`. Check its spelling, or define it.",
            kind="option",
            subject="{name}",
        ),
        Sign(
            literal="is not defined in",
            pattern=r"(?:Group|Extra) `(?P<name>[^`]+)` is not defined in",
            message="`pyproject.toml` has no group or extra `{name}`. Check its spelling, or define it.",
            kind="option",
            subject="{name}",
        ),
        Sign(
            literal="are not specified",
            pattern=r"Extras? \[?(?P<name>[^\]]+)\]? are not specified",
            message="`pyproject.toml` has no extras `{name}`. Check their spelling.",
            kind="option",
            subject="{name}",
        ),
    ),
)
