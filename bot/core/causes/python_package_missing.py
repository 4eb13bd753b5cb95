"""A Python module that the code imports is not installed.

What happened
-------------
The environment that ran the code lacks a package: it is not among the dependencies, it is in a group that the
job did not install (`--only main`), or the command ran outside the environment (`python` instead of `poetry run
python`). A missing pytest plugin shows as an unknown fixture or option.

What to do
----------
Add the package (`poetry add NAME`, or `poetry add --group dev NAME` for tests), install its group in this job,
or run the command with `poetry run`.

References
----------
- Poetry, dependency groups: https://python-poetry.org/docs/managing-dependencies/
- Poetry, using the environment: https://python-poetry.org/docs/basic-usage/#using-your-virtual-environment

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.causes._pytest_plugins import FIXTURES, OPTIONS
from bot.core.causes._python_words import REMOVED_MODULE
from bot.core.sign import QUIET, SCRIPT_OR_TEST, SUMMARY, TEST, Sign

ADD = "Add the package to the dependencies, install its group in this job, or run the command with `poetry run`."

CAUSE = Cause(
    id="python-package-missing",
    signs=(
        Sign(
            literal="No module named",
            pattern=r"(?:ModuleNotFoundError|ImportError): No module named '?(?P<name>[\w.]+)'?",
            message="The Python module `{name}` is not installed in the environment that ran. " + ADD,
            kind="package",
            subject="{name}",
            where=SCRIPT_OR_TEST,
            unless=REMOVED_MODULE,
            built=False,
        ),
        Sign(
            literal="No module named",
            pattern=r"^\S*python[\d.]*\S*: No module named (?P<name>[\w.]+)",
            message="The Python module `{name}` is not installed in the environment that ran. " + ADD,
            kind="package",
            subject="{name}",
        ),
        *(
            Sign(
                literal="fixture '",
                pattern=rf"fixture '(?P<name>{'|'.join(names)})' not found",
                message=(
                    f"The fixture `{{name}}` comes from `{plugin}`, which is not installed. Add it to the "
                    "dependencies of the tests and install its group."
                ),
                kind="package",
                subject=plugin,
                where=TEST | SUMMARY,
            )
            for plugin, names in FIXTURES.items()
        ),
        *(
            Sign(
                literal="unrecognized arguments",
                pattern=rf"unrecognized arguments: (?:.* )?(?P<option>{options})",
                message=(
                    f"pytest does not know `{{option}}`: its plugin `{plugin}` is not installed. Add it to the "
                    "dependencies of the tests."
                ),
                kind="package",
                subject=plugin,
            )
            for plugin, options in OPTIONS.items()
        ),
        Sign(
            literal="Missing required plugins: ",
            pattern=r"Missing required plugins: (?P<name>[\w.-]+)",
            message="pytest's `required_plugins` names `{name}`, which is not installed. " + ADD,
            kind="package",
            subject="{name}",
        ),
        Sign(
            literal="Missing optional dependency",
            pattern=r"Missing optional dependency '(?P<name>[^']+)'",
            message="The package `{name}` is not installed. " + ADD,
            kind="package",
            subject="{name}",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal="to be installed",
            pattern=r"requires (?:the )?[\"'`](?P<name>[\w.-]+)[\"'`] (?:package |library )?to be installed",
            message="The package `{name}` is not installed. " + ADD,
            kind="package",
            subject="{name}",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal="async def functions are not natively supported",
            message=(
                "No pytest plugin runs `async def` tests. Add `pytest-asyncio` or `anyio` to the dependencies "
                "of the tests."
            ),
            kind="package",
            subject="pytest-asyncio",
            where=SCRIPT_OR_TEST | QUIET,
        ),
        Sign(
            literal="Could not import extension",
            pattern=r"Could not import extension \S+ \(exception: No module named '?(?P<name>[\w.]+)'?\)",
            message="Sphinx cannot import its extension `{name}`. " + ADD,
            kind="package",
            subject="{name}",
        ),
        Sign(
            literal="Error importing plugin",
            pattern=r'Error importing plugin "(?P<name>[^"]+)"',
            message="The plugin `{name}` cannot be imported. " + ADD,
            kind="package",
            subject="{name}",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal="Error loading ",
            pattern=r"Error loading (?P<name>psycopg2|psycopg|MySQLdb|oracledb|cx_Oracle)\b.* module",
            message="The database driver `{name}` is not installed. " + ADD,
            kind="package",
            subject="{name}",
            where=SCRIPT_OR_TEST,
        ),
    ),
    outranks=("test-failure", "lint-failure"),
)
