"""The runner could not pull the job's image.

What happened
-------------
The image's name or tag does not exist, its registry refused the runner, or the registry could not be reached.
No line of the job's script ran.

What to do
----------
Check the name and tag of `image:` in the registry. For a private registry give the runner credentials with the
variable `DOCKER_AUTH_CONFIG`, or let the image's project admit this one in its job token permissions.

References
----------
- GitLab, run jobs in containers: https://docs.gitlab.com/ci/docker/using_docker_images/

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import ANYWHERE, Sign

NAME = r'"?(?P<image>[\w.:/@-]+?)"?'

CAUSE = Cause(
    id="image-pull",
    signs=(
        Sign(
            literal="failed to pull image",
            pattern=(
                r'failed to pull image "(?P<image>[^"]+)".*?(?P<why>manifest unknown|not found|pull access denied'
                r"|denied|unauthorized|no basic auth credentials|timeout|no matching manifest)"
            ),
            message=(
                "The image `{image}` could not be pulled: {why}. Check its name and tag, and the runner's "
                "access to its registry."
            ),
            kind="file",
            subject="{image} {why}",
            where=ANYWHERE,
        ),
        Sign(
            literal="failed to pull image",
            pattern=r'failed to pull image "(?P<image>[^"]+)"',
            message=(
                "The image `{image}` could not be pulled. Check its name and tag, and the runner's access to "
                "its registry."
            ),
            kind="file",
            subject="{image}",
            where=ANYWHERE,
        ),
        Sign(
            literal="image pull failed",
            pattern=r'pulling image "(?P<image>[^"]+)": image pull failed',
            message=(
                "The image `{image}` could not be pulled. Check its name and tag, and the cluster's access to "
                "its registry."
            ),
            kind="file",
            subject="{image}",
            where=ANYWHERE,
        ),
        Sign(
            literal=("ImagePullBackOff", "ErrImagePull", "InvalidImageName"),
            pattern=r"(?P<why>ImagePullBackOff|ErrImagePull|InvalidImageName)",
            message=(
                "The cluster could not pull the job's image ({why}). Check its name and tag, and the access to "
                "its registry."
            ),
            kind="file",
            subject="{why}",
            where=ANYWHERE,
        ),
        Sign(
            literal="Failed to pull image",
            pattern=r'Failed to pull image "?(?P<image>[\w.:/@-]+)',
            message=(
                "The image `{image}` could not be pulled. Check its name and tag, and the runner's access to "
                "its registry."
            ),
            kind="file",
            subject="{image}",
            where=ANYWHERE,
            unless="with policy",
        ),
        Sign(
            literal="pull access denied for",
            pattern=r"pull access denied for (?P<image>[\w./-]+)",
            message="The image `{image}` does not exist, or the job may not pull it.",
            kind="file",
            subject="{image}",
            where=ANYWHERE,
        ),
        Sign(
            literal="manifest for ",
            pattern=r"manifest for (?P<image>\S+) not found",
            message="The image `{image}` does not exist. Check its tag.",
            kind="file",
            subject="{image}",
            where=ANYWHERE,
        ),
        Sign(
            literal="invalid reference format",
            message=(
                "The name of the job's image is not valid. Most often a variable in it is empty in this job, or "
                "not defined at all."
            ),
            kind="file",
            subject="invalid reference format",
            where=ANYWHERE,
        ),
        Sign(
            literal="Error: No such image: ",
            pattern=r"Error: No such image: (?P<image>[\w.:/@-]+)",
            message=(
                "The image `{image}` could not be had. Check its name and tag, and the runner's access to its "
                "registry."
            ),
            kind="file",
            subject="{image}",
            where=ANYWHERE,
        ),
        Sign(
            literal="failed to resolve source metadata",
            pattern=r"failed to resolve source metadata for (?P<image>\S+?):? ",
            message="The base image `{image}` could not be resolved. Check its tag.",
            kind="file",
            subject="{image}",
        ),
    ),
    outranks=("runner-failure", "auth-failed", "network", "docker-unavailable"),
)
