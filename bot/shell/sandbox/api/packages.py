"""The package registry, by project and by group, and the upload that Poetry and twine use."""

from __future__ import annotations

from collections.abc import Iterator

from bot.shell.sandbox import access, ci_views, packages
from bot.shell.sandbox.errors import ApiError, not_found
from bot.shell.sandbox.routing import Answer, Call, Route, created, paged
from bot.shell.sandbox.state import DEVELOPER, REPORTER, Package, Project

_SHOWN = frozenset({"default", "deprecated", "error"})
_REDIRECT = "http://index.example/simple"


def _of_project(call: Call) -> Answer:
    found = _matching(call, [call.project])
    return paged(call, found, lambda pair: ci_views.package(*pair, in_group=False))


def _of_group(call: Call) -> Answer:
    path = call.params["group"]
    inside = [p for p in call.world.projects if p.path.startswith(f"{path}/") and access.may_see(p, call.user)]
    if not inside:
        raise not_found("Group")
    if call.args.get("exclude_subgroups", False):
        inside = [project for project in inside if project.namespace == path]
    return paged(call, _matching(call, inside), lambda pair: ci_views.package(*pair, in_group=True))


def _matching(call: Call, projects: list[Project]) -> Iterator[tuple[Project, Package]]:
    """GitLab's name filter is fuzzy: it finds every name that contains the text."""
    args = call.args
    statuses = {args["status"]} if "status" in args else _SHOWN
    for project in projects:
        for package in project.packages:
            by_name = str(args.get("package_name", "")).lower() in package.name.lower()
            by_kind = args.get("package_type") in {None, package.kind}
            by_version = args.get("package_version") in {None, package.version}
            if by_name and by_kind and by_version and package.status in statuses:
                yield project, package


def _files(call: Call) -> Answer:
    found = next((p for p in call.project.packages if str(p.id) == call.params["package"]), None)
    if found is None:
        raise not_found()
    return paged(call, found.files, lambda file: ci_views.package_file(found, file))


def _upload(call: Call) -> Answer:
    content = call.args["content"]
    if not isinstance(content, tuple):
        raise ApiError(400, {"error": "content is invalid"})
    file_name, data = content
    name, version = str(call.args["name"]), str(call.args["version"])
    packages.publish(call.world, call.project, name, version, files={file_name: data})
    return created({"message": "201 Created"})


def _simple(call: Call) -> Answer:
    name = call.params["name"]
    files = [file.name for p in call.project.packages if p.name == name for file in p.files]
    if not files:
        return Answer(None, 302, {"Location": f"{_REDIRECT}/{name}/"})
    links = "".join(f'<a href="{file}">{file}</a><br>' for file in files)
    return Answer(f"<!DOCTYPE html><html><body>{links}</body></html>".encode(), 200, {"Content-Type": "text/html"})


_ALL = "/projects/{project}/packages"
_FILTERS = {"package_type": str, "package_name": str, "package_version": str, "status": str}
_METADATA = (
    "content name version requires_python md5_digest sha256_digest blake2_256_digest metadata_version filetype "
    "pyversion protocol_version summary description description_content_type keywords author author_email "
    "license license_expression classifiers project_urls requires_dist provides_extra comment :action"
)
_UPLOAD = dict.fromkeys(_METADATA.split(), object)

ROUTES = (
    Route(method="GET", path=_ALL, handler=_of_project, takes=_FILTERS, level=REPORTER, paged=True),
    Route(
        method="GET",
        path="/groups/{group}/packages",
        handler=_of_group,
        takes={**_FILTERS, "exclude_subgroups": bool},
        paged=True,
    ),
    Route(method="GET", path=f"{_ALL}/{{package}}/package_files", handler=_files, level=REPORTER, paged=True),
    Route(
        method="POST",
        path=f"{_ALL}/pypi",
        handler=_upload,
        takes=_UPLOAD,
        required=("content", "name", "version"),
        level=DEVELOPER,
    ),
    Route(method="GET", path=f"{_ALL}/pypi/simple/{{name}}", handler=_simple, level=REPORTER),
)
