"""A server turned the job away because of too many requests.

What happened
-------------
A registry or API limits how often one address may ask; runners share their address, so others count too. Docker
Hub says `toomanyrequests`, others 429.

What to do
----------
Pull images through GitLab's dependency proxy, or log in to Docker Hub on the runner. Cache downloads. Run the
job again later.

References
----------
- GitLab, dependency proxy: https://docs.gitlab.com/user/packages/dependency_proxy/

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import ANYWHERE, Sign

CAUSE = Cause(
    id="rate-limited",
    signs=(
        Sign(
            literal="toomanyrequests",
            pattern=r"[Ff]ailed to pull image \"(?P<image>[^\"]+)\".*toomanyrequests",
            message=(
                "The registry of the image `{image}` limits how often it may be asked, and the limit is reached. "
                "Use GitLab's dependency proxy, or log in to the registry."
            ),
            kind="file",
            subject="{image}",
            where=ANYWHERE,
        ),
        Sign(
            literal="toomanyrequests",
            pattern=r"https?://(?P<host>[\w.-]+)/v2/\S*.*toomanyrequests",
            message=(
                "The registry `{host}` limits how often it may be asked, and the limit is reached. Use GitLab's "
                "dependency proxy, or log in to the registry."
            ),
            kind="host",
            subject="{host}",
            where=ANYWHERE,
        ),
        Sign(
            literal="toomanyrequests",
            pattern=r"\bin (?P<host>[\w-]+(?:\.[\w-]+)+)/\S+: toomanyrequests",
            message=(
                "The registry `{host}` limits how often it may be asked, and the limit is reached. Use GitLab's "
                "dependency proxy, or log in to the registry."
            ),
            kind="host",
            subject="{host}",
            where=ANYWHERE,
        ),
        Sign(
            literal="toomanyrequests",
            message=(
                "The registry limits how often it may be asked, and the limit is reached. Use GitLab's "
                "dependency proxy, or log in to the registry."
            ),
            where=ANYWHERE,
        ),
        Sign(
            literal=("429 Too Many Requests", "429 Client Error"),
            pattern=r"429 .*https?://(?P<host>[\w.-]+)|https?://(?P<before>[\w.-]+).* 429 ",
            message=(
                "`{host}{before}` turned the job away because of too many requests. Run it again later, and cache "
                "what it downloads."
            ),
            kind="host",
            subject="{host}{before}",
            where=ANYWHERE,
        ),
        Sign(
            literal=(
                "429 Too Many Requests",
                "429 Client Error",
                "HTTP error 429",
                "HTTP Error 429",
                "HTTPError: 429",
                "Rate limit exceeded",
                "rate limit exceeded",
            ),
            message=(
                "A server turned the job away because of too many requests. Run it again later, and cache what "
                "it downloads."
            ),
            where=ANYWHERE,
        ),
    ),
    outranks=("image-pull", "network", "auth-failed", "no-matching-distribution", "runner-failure"),
    infrastructure=True,
)
