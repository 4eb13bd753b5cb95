"""Poetry finds no package of the project to install or build.

What happened
-------------
Poetry installs and builds the project itself too, and looks for a folder or module with the project's name.
There is none, or it is named differently, or the project is no package at all.

What to do
----------
For an application that is no package set `package-mode = false` in `[tool.poetry]`, or install with
`--no-root`. Otherwise name the folder: `packages = [{ include = "my_folder", from = "src" }]`.

References
----------
- Poetry, package mode: https://python-poetry.org/docs/basic-usage/#operating-modes
- Poetry, packages: https://python-poetry.org/docs/pyproject/#packages

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import Sign

DO = (
    "Name the folder under `packages` in `[tool.poetry]`, or set `package-mode = false` for a project that is "
    "no package."
)

CAUSE = Cause(
    id="nothing-to-install",
    signs=(
        Sign(
            literal="No file/folder found for package",
            pattern=r"No file/folder found for package (?P<name>\S+)",
            message="Poetry finds no folder or module `{module}` for the package `{name}`. " + DO,
            kind="package",
            subject="{module}",
        ),
        Sign(
            literal="does not contain any element",
            pattern=r"(?P<path>\S+) does not contain any element",
            message="`packages` in `pyproject.toml` names `{path}`, which is not there or empty. " + DO,
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="Building a package is not possible in non-package mode",
            message=(
                "The project is no package (`package-mode = false`) and the job builds it. Remove the build, or "
                "the setting."
            ),
            kind="option",
            subject="package-mode",
        ),
        Sign(
            literal="Unable to determine which files to ship",
            message=(
                "hatchling finds no folder with the project's name. Name it under "
                "`[tool.hatch.build.targets.wheel] packages`."
            ),
        ),
        Sign(
            literal="Multiple top-level packages discovered",
            message=(
                "setuptools finds several top-level folders and takes none. Name the packages under "
                "`[tool.setuptools]`."
            ),
        ),
    ),
    outranks=("incompatible-source",),
)
