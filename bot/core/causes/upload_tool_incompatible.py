"""twine, or a library of it, does not fit the package or its own dependencies.

What happened
-------------
An old twine cannot read the metadata that a current build backend writes, or breaks with current versions of
its own libraries (`pkginfo`, `urllib3`, `importlib-metadata`).

What to do
----------
Install a current twine in an environment of its own (`pipx run twine`), or publish with Poetry.

References
----------
- twine, changelog: https://twine.readthedocs.io/en/stable/changelog.html

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import Sign

DO = "Install a current twine in an environment of its own."

CAUSE = Cause(
    id="upload-tool-incompatible",
    signs=(
        Sign(
            literal="InvalidDistribution",
            pattern=(
                r"InvalidDistribution: (?P<why>(?:Metadata is missing required fields|Invalid distribution "
                r"metadata|Unknown distribution format|Cannot read metadata|Unsupported)[^.]*)"
            ),
            message="twine cannot read the package's metadata: {why}. " + DO,
            kind="package",
            subject="twine",
        ),
        Sign(
            literal="KeyError: 'license'",
            message="This twine breaks with the newer `importlib-metadata`. " + DO,
            kind="package",
            subject="twine",
        ),
        Sign(
            literal="method_whitelist",
            pattern=r"unexpected keyword argument '(?P<name>method_whitelist)'",
            message="A tool breaks with `urllib3` 2, which no longer knows `{name}`. " + DO,
            kind="package",
            subject="urllib3",
        ),
        Sign(
            literal=("cannot import name", "has no attribute", "unexpected keyword argument"),
            pattern=(
                r"(?P<why>cannot import name '[^']+' from '[^']+'|has no attribute '[^']+'|unexpected keyword "
                r"argument '[^']+')"
            ),
            command=r"\btwine\b",
            message="twine breaks with its own libraries: {why}. " + DO,
            kind="package",
            subject="twine",
        ),
    ),
    outranks=("python-package-missing", "publish-rejected", "missing-ci-variable"),
)
