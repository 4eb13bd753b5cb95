"""Poetry itself does not start: its own dependencies do not fit together.

What happened
-------------
An old Poetry was installed with today's versions of its libraries, or the project's dependencies were installed
into the same environment and replaced them. The traceback ends inside Poetry or one of its libraries.

What to do
----------
Install Poetry in an environment of its own (`pipx install`, or a virtual environment), in a current version. In
one environment with the project, `poetry install` may change Poetry's own libraries while it runs.

References
----------
- Poetry, installation: https://python-poetry.org/docs/#installing-manually

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.finding import Confidence
from bot.core.sign import Sign

# Errors that Poetry raises for no project's sake: its own code, or what it imports, does not fit together.
OF_CODE = "(?:Attribute|Import|ModuleNotFound|Name|Type|UnboundLocal|Recursion|Assertion)Error"
DO = "Install a current Poetry in an environment of its own."

CAUSE = Cause(
    id="poetry-broken",
    signs=(
        Sign(
            literal="cannot import name",
            pattern=(
                r"cannot import name '(?P<name>appengine|is_appengine_sandbox|DEFAULT_CIPHERS|\w+)' from "
                r"'(?P<module>urllib3|requests|requests_toolbelt|cachecontrol|poetry|cleo|packaging|virtualenv|i"
                r"mportlib_metadata|html5lib|keyring|pkginfo|platformdirs|charset_normalizer|chardet)\b"
            ),
            command=r"\bpoetry\b",
            unless_near=r"^poetry run|twine/",
            message="Poetry does not start: `{module}` no longer has `{name}`. " + DO,
            kind="package",
            subject="{module}",
        ),
        Sign(
            literal="No module named",
            pattern=(
                r"No module named '(?P<module>six\.moves|cleo|poetry\.\w[\w.]*|crashtest|lockfile|clikit\S*|html"
                r"5lib|requests_toolbelt|cachecontrol|distutils\S*|_ctypes|importlib\.metadata|pkginfo|packaging"
                r"\S*|virtualenv\S*)'"
            ),
            command=r"^(?:python\S* -m )?poetry\b",
            near=r"poetry/",
            message="Poetry does not start: its library `{module}` is missing. " + DO,
            kind="package",
            subject="{module}",
        ),
        Sign(
            literal="bad interpreter",
            pattern=r"(?P<path>\S*poetry): .*bad interpreter",
            message="`{path}` points to a Python that is gone. Install Poetry again.",
            kind="command",
            subject="poetry",
        ),
        Sign(
            literal="required file not found",
            pattern=r"(?P<path>\S*poetry): cannot execute: required file not found",
            message="`{path}` points to a Python that is gone. Install Poetry again.",
            kind="command",
            subject="poetry",
        ),
        Sign(
            literal="Poetry installation failed",
            message=(
                "The Poetry installer failed. See its log `poetry-installer-error-*.log`, or install Poetry "
                "with pip or pipx."
            ),
        ),
        Sign(
            literal="PEP517_BUILD_BACKEND",
            pattern=r"KeyError: 'PEP517_BUILD_BACKEND'",
            message="Poetry's `pyproject_hooks` is too new for its `build`. " + DO,
            kind="package",
            subject="pyproject_hooks PEP517_BUILD_BACKEND",
        ),
        Sign(
            literal="'HTTPResponse' object has no attribute 'strict'",
            message="Poetry's `cachecontrol` is too old for its `urllib3`. " + DO,
            kind="package",
            subject="cachecontrol",
        ),
        Sign(
            literal="  at ",
            pattern=r"^ +at \S*/(?:site-packages|dist-packages|_vendor/py[\d.]+)/(?P<module>\w+)/\S*:\d+ in ",
            near=rf"^ +{OF_CODE}$",
            within=6,
            above=rf"^ +(?P<error>{OF_CODE})$",
            message="Poetry itself stopped with an {error}, in its library `{module}`. " + DO,
            kind="package",
            subject="{module}",
            confidence=Confidence.MEDIUM,
        ),
        Sign(
            literal="Error]",
            pattern=rf"^\s*\[(?P<error>{OF_CODE})\]$",
            near=r"/(?:clikit|cleo|poetry)/",
            within=8,
            message="Poetry itself stopped with an {error}. " + DO,
            kind="package",
            subject="poetry",
            confidence=Confidence.MEDIUM,
        ),
    ),
    outranks=(
        "python-package-missing",
        "removed-stdlib-module",
        "upload-tool-incompatible",
        "missing-ci-variable",
    ),
)
