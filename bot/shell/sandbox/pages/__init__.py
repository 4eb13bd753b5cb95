"""Pages of the simulated GitLab, for a person to look at."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from bot.shell.sandbox import merge_requests, payloads, pipelines
from bot.shell.sandbox.comments import thread
from bot.shell.sandbox.diff import changes
from bot.shell.sandbox.markdown import render, render_title
from bot.shell.sandbox.pages.diff_table import rows_of
from bot.shell.sandbox.pages.log_lines import lines_of
from bot.shell.sandbox.state import MergeRequest, Project, World

Page = Callable[[web.Request], Awaitable[web.Response]]


class Pages:
    """Shows a world. Everybody may see everything: it listens on loopback and holds made-up projects."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._templates = Environment(
            loader=PackageLoader("bot.shell.sandbox.pages"),
            autoescape=select_autoescape(),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {
            "markdown": render,
            "title": render_title,
            "when": payloads.stamp,
            "length_of": _length,
        }

    def add_to(self, app: web.Application) -> None:
        """Register the pages under the addresses that GitLab has them under."""
        inside = r"/{project:[^-].*?}/-/"
        app.router.add_get("/", self._projects)
        app.router.add_get(inside + r"merge_requests/{iid:\d+}", self._merge_request)
        app.router.add_get(inside + r"jobs/{job:\d+}", self._job)
        app.router.add_get(inside + r"pipelines/{pipeline:\d+}", self._pipeline)
        app.router.add_get(inside + r"commit/{sha:\w+}", self._commit)
        app.router.add_get(inside + r"{rest:.*}", self._project)
        app.router.add_get(r"/{project:[^-].*}", self._project)

    async def _projects(self, _request: web.Request) -> web.Response:
        return self._show("projects.html", projects=self._world.projects)

    async def _project(self, request: web.Request) -> web.Response:
        project = self._of(request)
        history = list(project.repository.history(project.repository.branches[project.repository.default_branch]))
        return self._show("project.html", project=project, history=history[:20])

    async def _merge_request(self, request: web.Request) -> web.Response:
        project = self._of(request)
        found = project.merge_request(int(request.match_info["iid"]))
        if found is None:
            raise web.HTTPNotFound
        version = found.versions[0]
        commits = found.source_project.repository.between(version.base, version.head)[::-1]
        diffs = [
            (change, rows_of(change, _places(found, change.new_path))) for change in merge_requests.diff(found)
        ]
        return self._show(
            "merge_request.html",
            project=project,
            request=found,
            commits=commits,
            diffs=diffs,
            threads=_threads(found),
            head=pipelines.head_pipeline(found),
            pipelines=[p for p in found.source_project.pipelines if p.ref == found.source_branch][::-1],
        )

    async def _pipeline(self, request: web.Request) -> web.Response:
        project = self._of(request)
        number = int(request.match_info["pipeline"])
        found = next((pipeline for pipeline in project.pipelines if pipeline.id == number), None)
        if found is None:
            raise web.HTTPNotFound
        return self._show("pipeline.html", project=project, pipeline=found)

    async def _job(self, request: web.Request) -> web.Response:
        project = self._of(request)
        found = pipelines.find_job(project, int(request.match_info["job"]))
        if found is None:
            raise web.HTTPNotFound
        pipeline, job = found
        lines = lines_of(job.trace or b"")
        return self._show("job.html", project=project, pipeline=pipeline, job=job, lines=lines)

    async def _commit(self, request: web.Request) -> web.Response:
        project = self._of(request)
        commit = project.repository.resolve(request.match_info["sha"])
        if commit is None:
            raise web.HTTPNotFound
        parent = project.repository.commits.get(commit.parents[0]) if commit.parents else None
        diffs = [(change, rows_of(change, {})) for change in changes(parent.tree if parent else {}, commit.tree)]
        return self._show("commit.html", project=project, commit=commit, diffs=diffs)

    def _of(self, request: web.Request) -> Project:
        found = self._world.project(request.match_info["project"].strip("/"))
        if found is None or not found.repository.commits:
            raise web.HTTPNotFound
        return found

    def _show(self, template: str, **values: Any) -> web.Response:  # noqa: ANN401 - whatever the template shows
        text = self._templates.get_template(template).render(**values)
        headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return web.Response(text=text, content_type="text/html", headers=headers)


def _threads(request: MergeRequest) -> list[list[Any]]:
    ids = dict.fromkeys(note.discussion_id for note in request.notes)
    return [list(thread(request, discussion)) for discussion in ids]


def _places(request: MergeRequest, path: str) -> dict[int, list[list[Any]]]:
    """Return the threads on a file's lines, by line of the new side."""
    places: dict[int, list[list[Any]]] = {}
    for notes in _threads(request):
        position = notes[0].position or {}
        if position.get("new_path") == path and position.get("new_line"):
            places.setdefault(int(position["new_line"]), []).append(notes)
    return places


def _length(seconds: float | None) -> str:
    """Return a duration as GitLab shows it."""
    if seconds is None:
        return ""
    return f"{int(seconds) // 60:02}:{int(seconds) % 60:02}"
