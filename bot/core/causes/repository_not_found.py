"""The address of a registry, index or Git repository leads nowhere.

What happened
-------------
The server answered that there is nothing at this address (404), that it does not take uploads there (405), or
sent the job elsewhere. A typing error, the wrong project id, a missing slash, or a moved project. GitLab says
404 too to those who may not see a project.

What to do
----------
Compare the URL with the registry's documentation. GitLab's is `https://HOST/api/v4/projects/ID/packages/pypi`;
for downloads `/simple` follows. PyPI's upload URL ends in `/legacy/`, with the slash.

References
----------
- GitLab, PyPI packages: https://docs.gitlab.com/user/packages/pypi_repository/
- Poetry, publishable repositories: https://python-poetry.org/docs/repositories/#publishable-repositories

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.finding import Confidence
from bot.core.sign import ANYWHERE, PUBLISHING, SCRIPT_OR_WARNING, Sign

CHECK = "Check the URL, the project's id, and whether the job may see it."

CAUSE = Cause(
    id="repository-not-found",
    signs=(
        Sign(
            literal="HTTP Error 40",
            pattern=r"HTTP Error (?P<code>404|405|410): (?P<reason>[^|]*)",
            message="The registry's URL leads nowhere ({code} {reason}). " + CHECK,
            kind="host",
            subject="{repository} {code} {reason}",
            above=PUBLISHING,
            of_package=True,
        ),
        Sign(
            literal="HTTPError: 40",
            pattern=r"HTTPError: (?P<code>404|405|410) (?P<reason>[A-Za-z ]+?) from (?P<url>\S+)",
            message="`{url}` leads nowhere ({code} {reason}). " + CHECK,
            kind="host",
            subject="{url}",
            above=PUBLISHING,
            of_package=True,
        ),
        Sign(
            literal="Redirects are not supported",
            message="The registry sends the upload elsewhere: its URL lacks something, often the last slash. "
            + CHECK,
            kind="host",
            subject="redirect",
        ),
        Sign(
            literal="RedirectDetected",
            pattern=r"RedirectDetected: (?P<url>\S+) attempted to redirect to",
            message="`{url}` sends the upload elsewhere: its URL lacks something, often the last slash. " + CHECK,
            kind="host",
            subject="{url}",
        ),
        Sign(
            literal="UploadToDeprecatedPyPIDetected",
            message="The upload goes to an address that PyPI gave up. Use the default of Poetry and twine.",
            kind="host",
            subject="pypi",
        ),
        Sign(
            literal="NotGitRepository",
            pattern=r"^\s*NotGitRepository\b",
            message="A Git dependency's URL leads to no repository. " + CHECK,
            kind="host",
            subject="NotGitRepository",
        ),
        Sign(
            literal="fatal: repository",
            pattern=r"fatal: repository '(?P<url>[^']+)' not found",
            message="There is no Git repository at `{url}`. " + CHECK,
            kind="host",
            subject="{url}",
            where=ANYWHERE,
        ),
        Sign(
            literal="verify ref exists",
            pattern=r"Failed to clone (?P<url>\S+?) at '(?P<ref>[^']+)', verify ref exists",
            message="`{url}` has no `{ref}`. Check branch, tag or revision of the Git dependency.",
            kind="host",
            subject="{url}",
        ),
        Sign(
            literal="404 Client Error",
            pattern=r"404 Client Error: .*for url: (?P<url>[^\s#]+)",
            message="`{url}` leads nowhere (404). " + CHECK,
            kind="host",
            subject="{url}",
            where=SCRIPT_OR_WARNING,
        ),
        Sign(
            literal="HTTP error 404 while getting",
            pattern=r"HTTP error 404 while getting (?P<url>[^\s#]+)",
            message="`{url}` leads nowhere (404). " + CHECK,
            kind="host",
            subject="{url}",
        ),
        Sign(
            literal="Repository not found",
            pattern=r"^(?:ERROR|remote): Repository not found",
            message="Git found no such repository, or the job may not see it. " + CHECK,
            confidence=Confidence.MEDIUM,
            where=ANYWHERE,
        ),
    ),
    outranks=("no-matching-distribution", "solver-conflict"),
)
