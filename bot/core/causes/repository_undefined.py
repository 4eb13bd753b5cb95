"""The script names a repository or source that is not configured.

What happened
-------------
`poetry publish -r NAME`, a dependency's `source`, or `twine upload -r NAME` names an entry that neither
`pyproject.toml`, nor the configuration, nor a variable of the job defines.

What to do
----------
Define it in the job: `poetry config repositories.NAME URL`, or the variable `POETRY_REPOSITORIES_<NAME>_URL`; a
source for downloads stands in `[[tool.poetry.source]]`. twine takes `--repository-url` without any definition.

References
----------
- Poetry, repositories: https://python-poetry.org/docs/repositories/

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import Sign

CAUSE = Cause(
    id="repository-undefined",
    signs=(
        Sign(
            literal="is not defined",
            pattern=r"Repository (?P<name>\S+) is not defined",
            message=(
                "The repository `{name}` is not configured in this job. Set `POETRY_REPOSITORIES_<NAME>_URL`, "
                "or run `poetry config repositories.{name} URL` before."
            ),
            kind="host",
            subject="{name}",
        ),
        Sign(
            literal="does not exist",
            pattern=r'(?:Repository|Source) "(?P<name>[^"]+)" does not exist',
            message="A dependency names the source `{name}`, which `[[tool.poetry.source]]` does not define.",
            kind="host",
            subject="{name}",
        ),
        Sign(
            literal="from ~/.pypirc",
            pattern=r"Missing '(?P<name>[^']+)' section from",
            message="twine knows no repository `{name}`. Use `--repository-url`, or write `.pypirc` in the job.",
            kind="host",
            subject="{name}",
        ),
        Sign(
            literal="No index named",
            pattern=r"[Nn]o index named `?(?P<name>[\w-]+)",
            message="The index `{name}` is not configured.",
            kind="host",
            subject="{name}",
        ),
    ),
)
