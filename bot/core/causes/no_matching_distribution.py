"""No version or file of a package fits what is asked.

What happened
-------------
The index has no such version, no such package, or no file that fits the job's Python and platform. An index
that refuses or is not reached looks the same when it does not say so.

What to do
----------
Check name and version. Where the package has wheels for other Pythons or platforms only, use such an image or
another version. For a private package check that its index is configured in this job.

References
----------
- pip, install: https://pip.pypa.io/en/stable/cli/pip_install/
- Poetry, repositories: https://python-poetry.org/docs/repositories/

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import Sign

CAUSE = Cause(
    id="no-matching-distribution",
    signs=(
        Sign(
            literal="Unable to find installation candidates for",
            pattern=r"Unable to find installation candidates for (?P<name>\S+) \((?P<version>[^)]+)\)",
            message=(
                "No file of `{name}` {version} fits the job's Python and platform, or its index did not show one."
            ),
            kind="package",
            subject="{name}",
        ),
        Sign(
            literal="No matching distribution found for",
            pattern=r"No matching distribution found for (?P<name>[\w.\[\]-]+)(?P<version>\S*)",
            message="The index has no `{name}{version}` that fits the job's Python and platform.",
            kind="package",
            subject="{name}",
        ),
        Sign(
            literal="which doesn't match any versions, version solving failed",
            pattern=r"ecause \S+ depends on (?P<name>\S+) \((?P<version>[^)]*)\) which doesn't match any versions",
            message="No version of `{name}` matches `{version}`: it does not exist, or the index did not show it.",
            kind="package",
            subject="{name}",
            unless="-root-|poetry-instance|poetry-project-instance",
        ),
        Sign(
            literal="which doesn't match any versions, ",
            pattern=(
                r"ecause .* depends on (?P<name>[\w.\[\]-]+) \((?P<version>[^)]*)\) which doesn't match any "
                r"versions, \S+ is forbidden"
            ),
            near=r"^\s*So, because \S+ depends on .*version solving failed",
            within=1,
            message="No version of `{name}` matches `{version}`: it does not exist, or the index did not show it.",
            kind="package",
            subject="{name}",
            unless="-root-|poetry-instance|poetry-project-instance",
        ),
        Sign(
            literal="no versions of",
            pattern=r"there (?:are|is) no versions? of (?P<name>[\w.-]+)",
            message="The index has no version of `{name}` that is asked for.",
            kind="package",
            subject="{name}",
        ),
        Sign(
            literal="Could not find a matching version of package",
            pattern=r"Could not find a matching version of package (?P<name>[\w.\[\]-]+)",
            message="The index has no `{name}` that fits. Check its name, its version and the package source.",
            kind="package",
            subject="{name}",
        ),
        Sign(
            literal=") not found.",
            pattern=r"^\s*(?:PackageNotFound\S* )?Package (?P<name>[\w.-]+) \((?P<version>[^)]+)\) not found\.",
            message=(
                "The package source lists `{name}` {version} but does not give it: its data cannot be read, or "
                "the version was taken away."
            ),
            kind="package",
            subject="{name}",
            command=r"\bpoetry\b",
        ),
        Sign(
            literal="has no wheels with a matching",
            pattern=r"(?P<name>[\w.-]+)==(?P<version>\S+) has no wheels with a matching (?P<what>Python|platform)",
            message="No file of `{name}` {version} fits the job's {what}.",
            kind="package",
            subject="{name}",
        ),
        Sign(
            literal="was not found in the package registry",
            pattern=r"(?P<name>[\w.-]+) was not found in the package registry",
            message="The index has no package `{name}`.",
            kind="package",
            subject="{name}",
        ),
        Sign(
            literal="is not a supported wheel on this platform",
            pattern=r"(?P<name>\S+\.whl) is not a supported wheel on this platform",
            message="`{name}` is for another Python or platform.",
            kind="package",
            subject="{name}",
        ),
    ),
    outranks=("solver-conflict", "build-backend-missing"),
)
