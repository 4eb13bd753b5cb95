"""SSH does not know the host key of the server.

What happened
-------------
The job connects over SSH, for example to fetch a Git dependency, and the image has no `known_hosts` entry for
the server. Without a terminal SSH cannot ask, so it gives up.

What to do
----------
Write the server's key into `~/.ssh/known_hosts` before the first connection: keep it in a file variable such as
`SSH_KNOWN_HOSTS` and copy it there. For GitLab projects, cloning over HTTPS with `CI_JOB_TOKEN` needs no host
key at all.

References
----------
- GitLab, verifying SSH host keys: https://docs.gitlab.com/ci/jobs/ssh_keys/#verifying-the-ssh-host-keys

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import ANYWHERE, Sign

CAUSE = Cause(
    id="host-key-unknown",
    signs=(
        Sign(
            literal="Host key verification failed",
            above=r"(?:git@|host key is known for |authenticity of host ')(?P<host>[\w.-]+)",
            needs_above=True,
            message=(
                "SSH does not know the host key of `{host}`. Put it into `~/.ssh/known_hosts`, for example from "
                "the file variable `SSH_KNOWN_HOSTS`."
            ),
            kind="host",
            subject="{host}",
            where=ANYWHERE,
        ),
        Sign(
            literal="Host key verification failed",
            message=(
                "SSH does not know the server's host key. Put it into `~/.ssh/known_hosts`, for example from "
                "the file variable `SSH_KNOWN_HOSTS`."
            ),
            where=ANYWHERE,
        ),
    ),
    outranks=("auth-failed", "no-matching-distribution", "repository-not-found"),
)
