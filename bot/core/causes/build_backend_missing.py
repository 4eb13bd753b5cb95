"""What a package needs to be built is not there.

What happened
-------------
A package is built from source with the backend that its `pyproject.toml` names, and that backend, or a module
that its `setup.py` imports, is not installed. With `--no-build-isolation` everything has to be there before.

What to do
----------
In your own project correct `[build-system]` (`requires` and `build-backend` belong together). For a dependency
take a version with a wheel, or one that declares what it needs; as a last resort install that first and build
without isolation.

References
----------
- Python packaging, build system:
  https://packaging.python.org/en/latest/specifications/pyproject-toml/#declaring-build-system-dependencies-the-build-system-table

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.causes._python_words import REMOVED_MODULE
from bot.core.sign import Sign

CAUSE = Cause(
    id="build-backend-missing",
    signs=(
        Sign(
            literal="No such file or directory",
            pattern=r"fatal error: (?P<name>numpy|pybind11)/\S+\.h",
            message=(
                "The build of {python_package} needs `{name}`, which it does not declare. Take a version with a "
                "wheel, or install `{name}` first."
            ),
            kind="package",
            subject="{name}",
            of_package=True,
        ),
        Sign(
            literal="-root- depends on",
            pattern=r"-root- depends on (?P<name>\S+) \(",
            message="`[build-system] requires` names `{name}`, which the index does not have in such a version.",
            kind="package",
            subject="{name}",
        ),
        Sign(
            literal="is not available",
            pattern=r"Backend '(?P<name>[^']+)' is not available",
            message=(
                "The build backend `{name}` cannot be imported. Correct `[build-system]`, or use a version of "
                "the package that has a wheel."
            ),
            kind="package",
            subject="{name}",
            of_package=True,
        ),
        Sign(
            literal="BackendUnavailable",
            pattern=r"BackendUnavailable: Cannot import '(?P<name>[^']+)'",
            message="The build backend `{name}` cannot be imported. Correct `[build-system]`.",
            kind="package",
            subject="{name}",
            of_package=True,
        ),
        # Before pip 24.1 the whole traceback of the import stood after the words.
        Sign(
            literal="ModuleNotFoundError: No module named",
            pattern=r"No module named '(?P<name>[\w.]+)'",
            above=r"(?P<said>BackendUnavailable: Traceback)",
            needs_above=True,
            message=(
                "The build backend `{name}` cannot be imported. Name its package under `[build-system] requires`, "
                "or install it first where the build is not isolated."
            ),
            kind="package",
            subject="{name}",
        ),
        Sign(
            literal="BackendUnavailable",
            message="The build backend cannot be imported. Correct `[build-system]`.",
            of_package=True,
        ),
        Sign(
            literal="No module named",
            pattern=r"ModuleNotFoundError: No module named '(?P<name>[\w.]+)'",
            message=(
                "The build of {python_package} needs the Python module `{name}`, which it does not declare. "
                "Take a version with a wheel, or one that declares it."
            ),
            kind="package",
            subject="{name}",
            unless=REMOVED_MODULE + r"|'(?:pkg_resources|setuptools)\b",
            built=True,
            of_package=True,
        ),
        Sign(
            literal="No module named",
            pattern=r"ModuleNotFoundError: No module named '(?P<name>[\w.]+)'",
            message=(
                "The build needs the Python module `{name}`, which is not installed. Correct `[build-system] "
                "requires`, or install it first."
            ),
            kind="package",
            subject="{name}",
            unless=REMOVED_MODULE + r"|'(?:pkg_resources|setuptools)\b",
            command="no-build-isolation",
        ),
        Sign(
            literal="No module named",
            pattern=r"ModuleNotFoundError: No module named '(?P<name>[\w.]+)'",
            within=80,
            near=r"_in_process|pyproject_hooks|build_meta|no-build-isolation",
            message=(
                "The build needs the Python module `{name}`, which is not installed. Correct `[build-system] "
                "requires`, or install it first."
            ),
            kind="package",
            subject="{name}",
            unless=REMOVED_MODULE + r"|'(?:pkg_resources|setuptools)\b",
            command="no-build-isolation|install",
        ),
    ),
    outranks=("python-package-missing",),
)
