"""The package registries that a pipeline really publishes to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from packaging.utils import canonicalize_name

from bot.core.context import Context
from bot.core.poetry.environment import plain_variables
from bot.core.poetry.publishing import Upload
from bot.core.poetry.repositories import configured_repositories
from bot.core.poetry.text import expand, is_certain
from bot.core.snapshot import Facts, RegistryKey, Snapshot

PYPI = RegistryKey("other", "pypi")
TEST_PYPI = RegistryKey("other", "testpypi")
_GITLAB = re.compile(r"^(?P<server>.*?)/api/v4/(?P<kind>projects|groups)/(?P<name>[^/]+)/(?:-/)?packages/pypi/?$")
_LOGIN = re.compile(r"//[^/@]*@")
_KNOWN_NAMES = {"pypi": PYPI, "testpypi": TEST_PYPI, "test-pypi": TEST_PYPI}


@dataclass(frozen=True, slots=True)
class RegistryQuestion:
    """Which versions of a package a registry has: what a review of `duplicate-version` needs to know."""

    registry: RegistryKey
    package: str


def registry_questions(snapshot: Snapshot) -> tuple[RegistryQuestion, ...]:
    """Return what to ask the registries before this snapshot can be checked, each question once."""
    context = Context(snapshot)
    if context.project is None or context.project.name is None:
        return ()
    name = canonicalize_name(context.project.name)
    found = (registry_of(upload, snapshot.facts) for upload in context.uploads)
    return tuple(RegistryQuestion(registry, name) for registry in dict.fromkeys(found) if registry)


def registry_of(upload: Upload, facts: Facts) -> RegistryKey | None:
    """Return where an upload goes; None where a variable or a file that is not at hand decides."""
    url = _given_url(upload)
    if url is not None:
        return registry_at(url, facts)
    given = upload.publication.repository
    name = given.text if given else ""
    if upload.tool == "twine" and not upload.in_container:
        return _KNOWN_NAMES.get(name or "pypi")
    if upload.tool != "poetry" or upload.in_container:
        return None
    if not name:
        return PYPI
    repository = configured_repositories(upload.job, upload.command).get(name)
    return registry_at(repository.url, facts) if repository else None


def registry_at(url: str, facts: Facts) -> RegistryKey | None:
    """Read an upload URL: a package registry of this GitLab, or another address (without its login)."""
    url = _LOGIN.sub("//", url)
    found = _GITLAB.match(_with_server(url.strip(), facts))
    if found is None:
        return RegistryKey("other", url) if is_certain(url) else None
    if facts.server_url and found["server"].rstrip("/") not in {facts.server_url.rstrip("/"), "$CI_SERVER_URL"}:
        return RegistryKey("other", url)
    name = unquote(found["name"])
    kind = found["kind"].removesuffix("s")
    if kind == "project" and name in _own_names(facts):
        return RegistryKey(kind)
    return RegistryKey(kind, name) if is_certain(name) else None


def _own_names(facts: Facts) -> set[str]:
    written = {f"${name}" for name in ("CI_PROJECT_ID", "CI_PROJECT_PATH")}
    written |= {f"${{{name[1:]}}}" for name in written}
    return written | {str(facts.project_id or "$CI_PROJECT_ID"), facts.project_path or "$CI_PROJECT_PATH"}


def _with_server(url: str, facts: Facts) -> str:
    """Write GitLab's variables for its own address out."""
    server = (facts.server_url or "$CI_SERVER_URL").rstrip("/")
    known = {"CI_API_V4_URL": f"{server}/api/v4", "CI_SERVER_URL": server}
    hosts: Mapping[str, str] = {}
    if facts.server_url:
        scheme, _, host = server.partition("://")
        hosts = {"CI_SERVER_HOST": host, "CI_SERVER_FQDN": host, "CI_SERVER_PROTOCOL": scheme}
    written = re.sub(r"^https://\$\{?CI_SERVER_(?:HOST|FQDN)\}?", server, url)
    return expand(written, {**known, **hosts})


def _given_url(upload: Upload) -> str | None:
    """Return the URL that twine is given by option or variable, the job's own variables replaced."""
    if upload.tool != "twine" or upload.in_container:
        return None
    option = upload.publication.url
    variable = upload.command.assignments.get("TWINE_REPOSITORY_URL")
    given = option or variable
    variables = plain_variables(upload.job)
    text = given.text if given else variables.get("TWINE_REPOSITORY_URL")
    return expand(text, variables) if text else None
