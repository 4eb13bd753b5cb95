"""A registry, index or repository refused the credentials that the job used.

What happened
-------------
The job reached a server that needs a login, and the server did not accept what it was given: no credentials at
all, a token without the right scope, a job token that the other project does not let in, or a variable that is
protected while the branch is not. GitLab also answers 404 "Project Not Found" to those who may not see a
project.

What to do
----------
Give the job a credential that the server accepts. For GitLab's own registry and index that is the user
`gitlab-ci-token` with `CI_JOB_TOKEN`; the other project must list this one under Settings, CI/CD, Job token
permissions. Poetry reads `POETRY_HTTP_BASIC_<NAME>_USERNAME` and `_PASSWORD`, twine `TWINE_USERNAME` and
`TWINE_PASSWORD`. A protected variable is empty on branches and tags that are not protected.

References
----------
- GitLab, CI/CD job token: https://docs.gitlab.com/ci/jobs/ci_job_token/
- Poetry, configuring credentials: https://python-poetry.org/docs/repositories/#configuring-credentials
- twine, environment variables: https://twine.readthedocs.io/en/stable/#environment-variables

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.finding import Confidence
from bot.core.sign import ANYWHERE, PUBLISHING, SCRIPT_OR_WARNING, Sign

UPLOAD = (
    "The registry refused the upload ({code} {reason}). Check the user, the token and its scopes; for GitLab "
    "use `gitlab-ci-token` with `CI_JOB_TOKEN`."
)
GIT = (
    "Git was refused at {where}. Give the job a token that may read that repository, and allow this project in "
    "its job token permissions."
)

CAUSE = Cause(
    id="auth-failed",
    signs=(
        Sign(
            literal="HTTP Error 40",
            pattern=r"HTTP Error (?P<code>401|403): (?P<reason>[^|.]*)",
            message=UPLOAD,
            kind="host",
            subject="{repository} {code}",
            above=PUBLISHING,
            of_package=True,
        ),
        Sign(
            literal="404 Project Not Found",
            pattern=r"HTTP Error (?P<code>404): (?P<reason>[^|]*?) *\|",
            message=(
                "GitLab answered {code} {reason}: it hides a project from those who may not see it. "
                "Authenticate as `gitlab-ci-token` with `CI_JOB_TOKEN` and check the project's id."
            ),
            kind="host",
            subject="{repository} {code}",
            confidence=Confidence.MEDIUM,
            above=PUBLISHING,
            of_package=True,
        ),
        Sign(
            literal="HTTPError: 40",
            pattern=r"HTTPError: (?P<code>401|403) (?P<reason>[A-Za-z ]+?) from(?: https?://(?P<host>[\w.-]+))?",
            message=UPLOAD,
            kind="host",
            subject="{repository}{host} {code}",
            above=PUBLISHING,
            of_package=True,
        ),
        Sign(
            literal="could not be queried due to a lack of valid authentication credentials",
            pattern=r"An index URL \(https?://(?:[^/@\s]*@)?(?P<host>[\w.-]+)[^)]*\) could not be queried",
            message="The index at `{host}` refused the job. Give uv a token: `UV_INDEX_<NAME>_PASSWORD`.",
            kind="host",
            subject="{host}",
        ),
        Sign(
            literal="Server returned status code 40",
            pattern=r"Server returned status code (?P<code>401|403) (?P<reason>\w+)",
            message=UPLOAD,
            kind="host",
            subject="{host} {code}",
            above=r"Failed to publish `[^`]+` to `?https?://(?:[^/@\s]*@)?(?P<host>[\w.-]+)",
        ),
        Sign(
            literal="Authorization error accessing",
            pattern=r"Source \((?P<source>[^)]+)\): Authorization error accessing (?P<url>\S+)",
            message=(
                "The package source `{source}` refused the job at {url}. Set "
                "`POETRY_HTTP_BASIC_<NAME>_USERNAME` and `_PASSWORD` for that source."
            ),
            kind="host",
            subject="{source}",
        ),
        Sign(
            literal=(
                "HTTP error 401",
                "HTTP error 403",
                "401 Client Error",
                "403 Client Error",
                "401 Error, Credentials",
            ),
            pattern=(
                r"(?P<code>40[13]) (?:Client )?(?:Error|while)[^/]*?(?:for url:? |getting |for "
                r")?(?P<url>https?://[^\s)#]+)"
            ),
            message="`{url}` refused the job ({code}). Check the user and token for that index.",
            kind="host",
            subject="{url}",
            where=SCRIPT_OR_WARNING,
        ),
        Sign(
            literal="Credentials not correct",
            pattern=r"(?P<code>40[13]) Error, Credentials not correct for (?P<url>\S+)",
            message="`{url}` refused the credentials ({code}). Check the user and token for that index.",
            kind="host",
            subject="{url}",
            where=SCRIPT_OR_WARNING,
        ),
        Sign(
            literal="User for ",
            pattern=r"^User for (?P<host>[\w.:-]+):",
            message=(
                "`{host}` asked for a user name and the job had none to give. Put user and token into the index "
                "URL or a keyring."
            ),
            kind="host",
            subject="{host}",
        ),
        Sign(
            literal="Authentication failed for",
            pattern=r"Authentication failed for '(?P<where>[^']+)'",
            message=GIT,
            kind="host",
            subject="{where}",
            where=ANYWHERE,
        ),
        Sign(
            literal="unauthorized: ",
            pattern=(
                r'(?:Get|Head|Post|Put) "https?://(?P<host>[\w.:-]+)[^"]*": '
                r"(?P<why>(?:unauthorized|denied): [\w ]+)"
            ),
            message=(
                "The container registry `{host}` refused the job: {why}. Log in with `CI_REGISTRY_USER` and "
                "`CI_REGISTRY_PASSWORD` first."
            ),
            kind="host",
            subject="{host}",
            where=ANYWHERE,
        ),
        Sign(
            literal="isn't allowed to upload to",
            pattern=r"The user '(?P<user>[^']+)' isn't allowed to upload to",
            message=(
                "The registry does not let `{user}` upload to this project. Check that the token belongs to one "
                "of its maintainers, and the project's name."
            ),
            kind="host",
            subject="{user}",
        ),
        Sign(
            literal="nvalid or non-existent authentication information",
            message="The registry does not accept the user and token of the upload. Check both, also for spaces.",
            kind="host",
            subject="{repository} 403",
            above=PUBLISHING,
        ),
        Sign(
            literal="resolving secrets: ",
            pattern=r"resolving secrets: (?P<why>.*(?:status code 40[13]|permission denied).*)",
            message=(
                "The store of secrets refused the job: {why}. Check the secret's path, and the role and its "
                "policy for this project and branch."
            ),
            kind="host",
            subject="{why}",
            where=ANYWHERE,
        ),
        Sign(
            literal="Access denied",
            pattern=r"HTTP Basic: Access denied",
            message="Git was refused: the user name or token is wrong, or has expired.",
            where=ANYWHERE,
        ),
        Sign(
            literal="could not read Username for",
            pattern=r"could not read Username for '(?P<where>[^']+)'",
            message=GIT,
            kind="host",
            subject="{where}",
            where=ANYWHERE,
        ),
        Sign(
            literal="could not read Password for",
            pattern=r"could not read Password for '(?P<where>[^']+)'",
            message=GIT,
            kind="host",
            subject="{where}",
            where=ANYWHERE,
        ),
        Sign(
            literal="Permission denied (publickey",
            pattern=r"^(?P<where>\S+): Permission denied \(publickey",
            message=(
                "`{where}` does not know the job's SSH key. Load a deploy key with `ssh-add`, or clone over "
                "HTTPS with `CI_JOB_TOKEN`."
            ),
            kind="host",
            subject="{where}",
        ),
        Sign(
            literal="Permission denied (publickey",
            message=(
                "The server does not know the job's SSH key. Load a deploy key with `ssh-add`, or clone over "
                "HTTPS with `CI_JOB_TOKEN`."
            ),
        ),
        Sign(
            literal="could not be found or you don't have permission",
            message=(
                "GitLab hides the repository from this job. Add this project to its job token permissions, or "
                "use a deploy token."
            ),
        ),
        Sign(
            literal="Failed to clone",
            pattern=(
                r"Failed to clone (?P<where>\S+?)(?: at '[^']*')?, (?:check your git configuration|unable to "
                r"acquire)"
            ),
            message=(
                "Git could not clone `{where}`: the job has no permission. Allow this project in that one's job "
                "token permissions and clone with `CI_JOB_TOKEN`."
            ),
            kind="host",
            subject="{where}",
        ),
        Sign(
            literal="returned non-zero exit status 128",
            pattern=r"'git', 'clone',.* '(?P<where>(?:https?|ssh)://[^']+)'",
            message=(
                "Git could not clone `{where}`, most often because the job may not read it. Allow this project "
                "in that one's job token permissions."
            ),
            kind="host",
            subject="{where}",
            confidence=Confidence.MEDIUM,
        ),
        Sign(
            literal=("denied: ", "unauthorized: "),
            pattern=r"^(?P<why>(?:denied|unauthorized): [\w ]+)",
            above=r"^The push refers to (?:a )?repository \[(?P<host>[\w.:-]+)/",
            needs_above=True,
            message=(
                "The container registry `{host}` refused the job: {why}. Log in with `CI_REGISTRY_USER` and "
                "`CI_REGISTRY_PASSWORD` first."
            ),
            kind="host",
            subject="{host}",
        ),
        Sign(
            literal=(
                "denied: access forbidden",
                "requested access to the resource is denied",
                "unauthorized: authentication required",
                "unauthorized: incorrect username",
                "unauthorized: HTTP Basic",
            ),
            pattern=(
                r"(?P<why>denied: access forbidden|requested access to the resource is denied|unauthorized: [\w "
                r"]+)"
            ),
            message=(
                "The container registry refused the job: {why}. Log in with `CI_REGISTRY_USER` and "
                "`CI_REGISTRY_PASSWORD` first."
            ),
        ),
        Sign(
            literal="interactive login from a non TTY",
            message=(
                "`docker login` got no password: the variable that should hold it is empty in this job, most "
                "often because it is protected."
            ),
        ),
        Sign(
            literal="code E40",
            pattern=r"npm (?:ERR!|error) code E40[13]",
            message="The npm registry refused the job. Check the token in `.npmrc`.",
        ),
        Sign(
            literal=("InvalidClientTokenId", "AccessDenied", "Unable to locate credentials", "ExpiredToken"),
            pattern=r"(?P<why>InvalidClientTokenId|\(AccessDenied\)|Unable to locate credentials|ExpiredToken)",
            message=(
                "The cloud service refused the job ({why}). Check that the credentials are set for this branch "
                "and have not expired."
            ),
        ),
        Sign(
            literal="The requested URL returned error: 40",
            pattern=(
                r"(?:unable to access '(?P<where>[^']+)': )?The requested URL returned error: 40[13]"
                r"(?:(?: Forbidden| Unauthorized)? while accessing (?P<after>\S+))?"
            ),
            message=(
                "Git was refused. Give the job a token that may do this, and allow this project in the other "
                "one's job token permissions."
            ),
            kind="host",
            subject="{where}{after}",
            where=ANYWHERE,
        ),
        Sign(
            literal="You are not allowed to",
            pattern=r"You are not allowed to (?P<what>(?:force )?push|upload|download|create|delete|change)\b",
            message=(
                "GitLab does not let the job's token {what} here: a job token may not push by default, and "
                "branches and tags can be protected. Use a project access token with the role that may."
            ),
        ),
        Sign(
            literal=("401 Client Error", "403 Client Error"),
            message="A server refused the job's credentials. Check user and token.",
            where=SCRIPT_OR_WARNING,
        ),
    ),
    outranks=(
        "git-failure",
        "no-matching-distribution",
        "solver-conflict",
        "repository-not-found",
        "network",
        "file-missing",
        "permission-denied",
        "runner-failure",
    ),
)
