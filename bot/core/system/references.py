"""Image references as they are written in pipelines, brought to one short form."""

from __future__ import annotations

import re
from dataclasses import dataclass

PROXY = re.compile(r"^\$\{?CI_DEPENDENCY_PROXY_(?:GROUP|DIRECT_GROUP)_IMAGE_PREFIX\}?/")
# What stands in front of a Docker Hub name: the Hub itself, GitLab's dependency proxy, public mirrors.
HUB = re.compile(
    r"^(?:(?:index\.|registry(?:-1)?\.)?docker\.io/"
    r"|mirror\.gcr\.io/"
    r"|public\.ecr\.aws/docker/"
    r"|[^/]+/(?:[^/]+/)*dependency_proxy/containers/)"
)
# Private mirrors keep the Hub's own `library/` in front of the official names.
MIRROR = re.compile(r"^[^/]+\.[^/]+/(?:[^/]+/)*library/(?=[^/]+$)")
MAX_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Reference:
    """``name`` has no registry of Docker Hub in front; ``tag`` is `latest` where none was written."""

    name: str
    tag: str

    def __str__(self) -> str:
        return f"{self.name}:{self.tag}"


def parse_reference(text: str) -> Reference | None:
    """Read a reference; None where it is empty or still holds an unknown variable."""
    plain = PROXY.sub("", text.strip().strip("'\""))[:MAX_LENGTH]
    plain = HUB.sub("", plain, count=1)
    plain = MIRROR.sub("", plain).removeprefix("library/")
    plain, _, _digest = plain.partition("@")
    head, slash, last = plain.rpartition("/")
    name, _, tag = last.partition(":")
    if not name or "$" in plain:
        return None
    return Reference(f"{head}{slash}{name}", tag or "latest")
