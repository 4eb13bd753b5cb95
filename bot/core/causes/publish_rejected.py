"""The registry does not accept what the job uploads.

What happened
-------------
The upload arrived and the registry refused its content: a local version (`1.0+abc`), a name that belongs to
others or is not allowed, invalid metadata, or a file type that it does not take.

What to do
----------
The evidence has the registry's reason. Versions for PyPI have no `+local` part; the long description must
render (`twine check dist/*`); a name must be free or yours.

References
----------
- Python packaging, core metadata: https://packaging.python.org/en/latest/specifications/core-metadata/
- PyPI's help page

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import PUBLISHING, Sign

CAUSE = Cause(
    id="publish-rejected",
    signs=(
        Sign(
            literal="use of local versions",
            pattern=r"The use of local versions in (?:<Version\(')?(?P<version>[^')> ]+)",
            message=(
                "The version `{version}` has a local part (`+...`), which this registry does not take. Publish "
                "a version without it."
            ),
            kind="version",
            subject="version {version}",
        ),
        Sign(
            literal="HTTP Error 4",
            pattern=r"HTTP Error (?P<code>400|422): (?P<reason>[^|]+)\| b['\"](?P<why>[^<'].*)['\"]",
            message="The registry refused {python_package}: {code} {reason}, {why}.",
            kind="version",
            subject="{distribution}",
            unless="already|updating assets|overwrite|too large",
            above=PUBLISHING,
            of_package=True,
        ),
        Sign(
            literal="HTTP Error 4",
            pattern=r"HTTP Error (?P<code>400|422): (?P<reason>[^|]+)",
            message="The registry refused {python_package}: {code} {reason}.",
            kind="version",
            subject="{distribution}",
            unless="already|updating assets|overwrite|too large",
            above=PUBLISHING,
            of_package=True,
        ),
        Sign(
            literal="description failed to render",
            pattern=r"description failed to render (?:for|in the default format of) '?(?P<type>[\w./+-]+)",
            message=(
                "The registry cannot render the long description as {type}. Set its content type in "
                "`pyproject.toml`, and check the files with `twine check dist/*`."
            ),
            kind="file",
            subject="description {type}",
        ),
        Sign(
            literal="HTTPError: 4",
            pattern=r"HTTPError: (?P<code>400|422) (?P<reason>.+?) from \S+\s+(?P<why>.*)",
            message="The registry refused the upload: {code} {reason} {why}.",
            kind="version",
            subject="{why}",
            unless="already|updating assets|overwrite|too large",
            above=PUBLISHING,
            of_package=True,
        ),
    ),
)
