"""A file was larger than the server accepts.

What happened
-------------
The job's artifacts, or a package that it publishes, are larger than a limit of the server or of a proxy before
it (answer 413).

What to do
----------
Upload less: name only the needed paths under `artifacts:paths`, leave caches and virtual environments out,
split large data from the package. An administrator can raise the limit of GitLab (maximum artifacts size,
package file size) or of the proxy (`client_max_body_size`).

References
----------
- GitLab, maximum artifacts size:
  https://docs.gitlab.com/administration/settings/continuous_integration/#set-maximum-artifacts-size

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import ANYWHERE, Sign

CAUSE = Cause(
    id="artifact-too-large",
    signs=(
        Sign(
            literal=("HTTP Error 413", "HTTPError: 413"),
            message=(
                "{python_package} is larger than the registry accepts. Leave large data out of the package, or "
                "let an administrator raise the limit."
            ),
            kind="package",
            subject="{distribution}",
            of_package=True,
        ),
        Sign(
            literal=("413", "too large archive", "File is too large", "too large"),
            pattern=(
                r"413 (?:Request )?(?:Entity|Payload|Content) Too Large|413 Request|HTTP Error 413|HTTPError: "
                r"413|too large archive|File is too large|File too large\. Limit"
            ),
            message=(
                "The file is larger than the server accepts. Upload less, or let an administrator raise the limit."
            ),
            above=r"^(?P<path>\S+): found \d+ matching",
            kind="file",
            subject="{path}",
            where=ANYWHERE,
        ),
    ),
    outranks=("auth-failed", "publish-rejected", "registry-failure", "network"),
)
