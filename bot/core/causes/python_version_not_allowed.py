"""The job's Python is not one that the project or a package allows.

What happened
-------------
`pyproject.toml` names the Pythons that the project supports, and the job's image or cached environment has
another. Note that `python = "3.11"` means exactly 3.11.0 in Poetry's words. The same happens to a tool that
needs a newer Python than the image has.

What to do
----------
Use an image whose Python fits (`image: python:3.12`), or widen `requires-python` or
`tool.poetry.dependencies.python` (`^3.11` instead of `3.11`). A cached `.venv` of another Python has to go: put
the Python version into the cache key.

References
----------
- Poetry, version constraints: https://python-poetry.org/docs/dependency-specification/#caret-requirements
- Poetry, `env use`: https://python-poetry.org/docs/managing-environments/#switching-between-environments

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.finding import Confidence
from bot.core.sign import Sign

PASSED_OVER = r"Ignored the following versions that require a different python version"

CAUSE = Cause(
    id="python-version-not-allowed",
    signs=(
        Sign(
            literal="are supported",
            pattern=(
                r"(?i)(?:cannot install|not supported) on (?:Python version |Python )?(?P<have>3[\d.]*\d).*only "
                r"versions? (?P<want>\S+) are supported"
            ),
            message=(
                "{python_package} supports Python `{want}`, the job has {have}. Use another image or another "
                "version of it."
            ),
            kind="version",
            subject="python {have} {want}",
            of_package=True,
        ),
        Sign(
            literal="is not supported by the project",
            pattern=r"Python version (?P<have>\S+) is not supported by the project \((?P<want>[^)]+)\)",
            near=(
                r"Poetry was unable to find a compatible version|Poetry cannot switch to a "
                r"compatible|NoCompatiblePythonVersionFound"
            ),
            within=200,  # the lines of `-vvv` stand between
            message=(
                "The job has Python {have}, the project allows `{want}`. Use an image with such a Python, or "
                "widen the range in `pyproject.toml`."
            ),
            kind="version",
            subject="python {have} {want}",
        ),
        Sign(
            literal="is not allowed by the project",
            pattern=(
                r"Current Python version \((?P<have>[^)]+)\) is not allowed by the project \((?P<want>[^)]+)\)"
            ),
            message=(
                "The environment has Python {have}, the project allows `{want}`. Use an image with such a "
                "Python; a cached `.venv` of another Python has to go."
            ),
            kind="version",
            subject="python {have} {want}",
        ),
        Sign(
            literal="Could not find the python executable",
            pattern=r"Could not find the python executable (?P<exe>\S+)",
            message="The image has no `{exe}`. Use an image with that Python, or drop `poetry env use`.",
            kind="version",
            subject="{exe}",
        ),
        Sign(
            literal=("InterpreterNotFound: ", "could not find python interpreter", "ython interpreter "),
            pattern=(
                r"(?:InterpreterNotFound: |could not find python interpreter .*spec(?:s|\(s\):)? )(?P<exe>[\w.-]+)"
                r"|Python interpreter (?P<version>[\w.-]+) not found"
            ),
            unless="skipped because",
            message="The image has no Python `{exe}{version}`. Use an image with it, or run only the others.",
            kind="version",
            subject="{exe}{version}",
        ),
        Sign(
            literal="pyenv: python",
            pattern=r"pyenv: (?P<exe>python[\d.]+): command not found",
            message="pyenv has not switched to `{exe}`. Name it in `.python-version`, or use an image with it.",
            kind="version",
            subject="{exe}",
        ),
        Sign(
            literal="No interpreter found for Python",
            pattern=r"No interpreter found for (?P<want>Python [\d.<>=,~ ]*\d)",
            message="The image has no {want}. Use an image with it, or widen `requires-python`.",
            kind="version",
            subject="{want}",
        ),
        Sign(
            literal="requires a different Python",
            pattern=(
                r"Package '?(?P<package>[^' ]+)'? requires a different Python: (?P<have>\S+) not in "
                r"'?(?P<want>[^']+)'?"
            ),
            message=(
                "`{package}` needs Python `{want}`, the job has {have}. Use another image or another version of "
                "it."
            ),
            kind="version",
            subject="python {have} {want}",
        ),
        Sign(
            literal="No matching distribution found for",
            pattern=r"No matching distribution found for (?P<package>(?P<name>poetry[\w-]*)\S*)",
            near=PASSED_OVER,
            message=(
                "The image's Python is too old for `{package}`. Use an image with a newer Python, or an older "
                "Poetry."
            ),
            kind="package",
            subject="{name}",
            unless_near=r"Could not fetch URL",
        ),
        Sign(
            literal="No matching distribution found for",
            pattern=(
                r"No matching distribution found for (?P<package>(?P<name>[\w.-]+)(?:\[[^\]]*\])?"
                r"==(?P<version>[\w.+!]+))(?:[\s;]|$)"
            ),
            near=PASSED_OVER,
            near_holds=(" {version} Requires-Python ", " {version}.0 Requires-Python "),
            message=(
                "`{package}` does not fit the image's Python. Use an image with another Python, or "
                "another version of it."
            ),
            kind="package",
            subject="{name}",
        ),
        Sign(
            # pip names versions of every package that it looked at; one that is asked for can be told by them.
            literal="No matching distribution found for",
            pattern=(
                r"No matching distribution found for (?P<package>(?P<name>[\w.-]+)(?:\[[^\]]*\])?"
                r"[>~]=(?P<version>[\w.+!]+))(?:[\s,;]|$)"
            ),
            near=PASSED_OVER,
            near_holds=(" {version} Requires-Python ", " {version}.0 Requires-Python "),
            message=(
                "No version of `{package}` fits the image's Python. Use an image with a newer Python, or "
                "another version of it."
            ),
            kind="package",
            subject="{name}",
            confidence=Confidence.MEDIUM,
        ),
        Sign(
            literal="This version of Python is not supported",
            message="The job's Python is too old for this tool. Use an image with a newer Python.",
        ),
        Sign(
            literal=("requires Python", "require Python", "Python >="),
            pattern=(
                r"(?i)(?:error|exception|sys\.exit|requires?)\b.*(?:requires?|needs?) (?:at least )?Python "
                r"?(?P<want>[<>=~]*\s*3[\d., <>=]*)"
            ),
            unless="Requires-Python|requires-python|Collecting|Skipping",
            message="A package needs Python {want}, and the job's Python is another. Use a fitting image.",
            kind="version",
            subject="python {want}",
            confidence=Confidence.MEDIUM,
        ),
        Sign(
            literal="but the running Python is",
            pattern=r"(?P<package>\S+) requires Python '(?P<want>[^']+)' but the running Python is (?P<have>\S+)",
            message=(
                "`{package}` needs Python `{want}`, the job has {have}. Use another image or another version of "
                "it."
            ),
            kind="version",
            subject="python {have} {want}",
        ),
    ),
    outranks=("no-matching-distribution", "solver-conflict", "incompatible-source", "missing-system-package"),
)
