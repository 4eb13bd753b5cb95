"""The package registry of a project."""

from __future__ import annotations

import hashlib

from bot.shell.sandbox.errors import bad_request
from bot.shell.sandbox.state import Package, PackageFile, Project, World


def publish(world: World, project: Project, name: str, version: str, *, files: dict[str, bytes]) -> Package:
    """Add files to a version; GitLab refuses a file name that the version has, not the version."""
    known = [p for p in project.packages if (p.name, p.version) == (name, version) and p.status == "default"]
    taken = {file.name for package in known for file in package.files}
    if taken & files.keys():
        raise bad_request("Validation failed: File name has already been taken")
    package = (
        known[0] if known else Package(id=world.next_id(), name=name, version=version, created_at=world.now())
    )
    package.files += [_file(world, file, content) for file, content in files.items()]
    if not known:
        project.packages.append(package)
    return package


def _file(world: World, name: str, content: bytes) -> PackageFile:
    digest = hashlib.sha256(content).hexdigest()
    return PackageFile(id=world.next_id(), name=name, size=len(content), sha256=digest, created_at=world.now())


def wheel_name(name: str, version: str) -> str:
    """Return the file name of a pure Python wheel."""
    return f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
