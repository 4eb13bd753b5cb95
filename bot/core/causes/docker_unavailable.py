"""The Docker daemon could not be reached from the job.

What happened
-------------
A `docker` command needs a daemon. In a job that is the service `docker:dind`, which is missing, has not started
(the runner must be privileged), or listens on the other port: 2376 with TLS, 2375 without.

What to do
----------
Add `services: [docker:dind]` with `DOCKER_HOST: tcp://docker:2376`, `DOCKER_TLS_CERTDIR: "/certs"` (or 2375 and
an empty `DOCKER_TLS_CERTDIR`), on a runner that is privileged. To only build an image, Buildah or Kaniko need
no daemon.

References
----------
- GitLab, use Docker to build Docker images: https://docs.gitlab.com/ci/docker/using_docker_build/

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import SCRIPT_OR_TEST, Sign

FIX = (
    "Add the service `docker:dind`, match `DOCKER_HOST` to its port (2376 with TLS, 2375 without), and use a "
    "privileged runner."
)

CAUSE = Cause(
    id="docker-unavailable",
    signs=(
        Sign(
            literal="Cannot connect to the Docker daemon",
            pattern=r"Cannot connect to the Docker daemon at (?P<where>\S+?)\.? ",
            message="No Docker daemon answers at `{where}`. " + FIX,
            kind="host",
            subject="{where}",
        ),
        Sign(literal="Cannot connect to the Docker daemon", message="No Docker daemon answers. " + FIX),
        Sign(
            literal="error during connect",
            pattern=r"(?P<where>(?:tcp|https?)://docker:237\d)",
            message="No Docker daemon answers at `{where}`. " + FIX,
            kind="host",
            subject="{where}",
        ),
        Sign(
            literal="lookup docker",
            pattern=r"dial tcp: lookup docker",
            message="There is no service called `docker` in this job. " + FIX,
            kind="host",
            subject="docker",
        ),
        Sign(
            literal="docker.sock",
            pattern=(
                r"permission denied while trying to connect to the Docker daemon socket|dial unix "
                r"/var/run/docker\.sock"
            ),
            message="The job has no access to the Docker socket. " + FIX,
            kind="file",
            subject="/var/run/docker.sock",
        ),
        Sign(
            literal="docker.errors.DockerException",
            pattern=r"docker\.errors\.DockerException(?:.*host='(?P<where>[\w.-]+)')?",
            kind="host",
            subject="{where}",
            message="The Docker library found no daemon. " + FIX,
            where=SCRIPT_OR_TEST,
        ),
    ),
    outranks=("service-failure", "network", "test-failure", "permission-denied"),
)
