"""The Forge port over python-gitlab: each method is one request where GitLab allows it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from packaging.utils import canonicalize_name

from bot.app import ports
from bot.shell.gitlab import convert, shapes
from bot.shell.gitlab.api import Api
from bot.shell.gitlab.breaker import Breaker
from bot.shell.gitlab.client import PAGE_SIZE, Client, Endpoint, Observe, Query, Timeouts, observe_nothing
from bot.shell.gitlab.tokens import Clients

DIFF_PAGES = 10
DISCUSSION_PAGES = 60  # GitLab takes 5,000 comments for a merge request
STATUS_NAME = "scansion"
DEVELOPER = 30

_PROJECT = "/projects/{}"
_REQUESTS = "/projects/{}/merge_requests"
_REQUEST = "/projects/{}/merge_requests/{}"
_PIPELINES = "/projects/{}/pipelines"
_COMMITS = "/projects/{}/repository/commits"
_BRANCH = "/projects/{}/repository/branches/{}"


class GitLabForge:
    """GitLab. ``tokens`` maps a project's or group's path to a token of its own; ``token`` is for all others."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        tokens: Mapping[str, str] | None = None,
        timeouts: Timeouts | None = None,
        observe: Observe = observe_nothing,
    ) -> None:
        parts = urlsplit(url)
        self._host = f"{parts.scheme}://{parts.netloc}"  # paths in answers begin there, also below a folder
        breaker = Breaker(time.monotonic)

        def client_for(secret: str) -> Client:
            return Client(url, secret, breaker=breaker, timeouts=timeouts or Timeouts(), observe=observe)

        self._api = Api(Clients(client_for, token, tokens or {}))

    async def close(self) -> None:
        """Close connections and threads."""
        self._api.close()

    async def current_user(self, project_id: int | None = None) -> ports.User:
        """Return the user of the token that a project has, without one of the token for all."""
        ids = () if project_id is None else (project_id,)  # they choose the token, the address needs none
        return convert.user(await self._api.read(shapes.User, Endpoint("GET", "/user", ids)))

    async def project(self, project: int | str) -> ports.ForgeProject:
        """Return a project by number or full path."""
        return convert.project(await self._api.read(shapes.Project, Endpoint("GET", _PROJECT, (project,))))

    async def projects(self) -> list[ports.ForgeProject]:
        """Return the projects in which the bot is at least a developer, over all its tokens."""
        query = {"membership": True, "min_access_level": DEVELOPER, "archived": False, "order_by": "id"}
        shown = await self._api.items_of_all(shapes.Project, Endpoint("GET", "/projects"), query)
        return list({shape.id: convert.project(shape) for shape in shown}.values())

    async def merge_request(self, project_id: int, iid: int) -> ports.MergeRequest:
        """Return a merge request with its diff refs and its head pipeline."""
        return convert.merge_request(
            await self._api.read(shapes.MergeRequest, Endpoint("GET", _REQUEST, (project_id, iid)))
        )

    async def merge_requests(
        self,
        project_id: int,
        *,
        state: str = "opened",
        source_branch: str = "",
        target_branch: str = "",
        author_id: int | None = None,
        updated_after: str = "",
    ) -> list[ports.MergeRequest]:
        """Return merge requests; a list has no diff refs and no pipelines."""
        filters = {
            "state": state,
            "source_branch": source_branch,
            "target_branch": target_branch,
            "author_id": author_id,
            "updated_after": updated_after,
        }
        query = {name: value for name, value in filters.items() if value}
        shown = await self._api.items(shapes.MergeRequest, Endpoint("GET", _REQUESTS, (project_id,)), query)
        return [convert.merge_request(shape) for shape in shown]

    async def merge_request_diffs(self, project_id: int, iid: int) -> list[ports.FileDiff]:
        """Return the changed files, the first thousand of them."""
        endpoint = Endpoint("GET", f"{_REQUEST}/diffs", (project_id, iid))
        return [
            convert.file_diff(shape) for shape in await self._api.items(shapes.Diff, endpoint, most=DIFF_PAGES)
        ]

    async def file_sets(self, wanted: Sequence[ports.FileSet]) -> list[dict[str, bytes]]:
        """Return several sets of files in one request, where one token reads them all."""
        return await self._api.file_sets(wanted)

    async def files(self, project_path: str, ref: str, paths: Collection[str]) -> dict[str, bytes]:
        """Return those of the files that exist."""
        [found] = await self.file_sets([ports.FileSet(project_path, ref, frozenset(paths))])
        return found

    async def discussions(self, project_id: int, iid: int) -> list[ports.Discussion]:
        """Return all comments of a merge request, by thread."""
        endpoint = Endpoint("GET", f"{_REQUEST}/discussions", (project_id, iid))
        return [
            convert.discussion(shape)
            for shape in await self._api.items(shapes.Discussion, endpoint, most=DISCUSSION_PAGES)
        ]

    async def create_note(self, project_id: int, iid: int, body: str) -> ports.Note:
        """Write a comment."""
        endpoint = Endpoint("POST", f"{_REQUEST}/notes", (project_id, iid))
        return convert.note(await self._api.send(shapes.Note, endpoint, {"body": body}))

    async def update_note(self, project_id: int, iid: int, note_id: int, body: str) -> ports.Note:
        """Replace a comment's text."""
        endpoint = Endpoint("PUT", f"{_REQUEST}/notes/{{}}", (project_id, iid, note_id))
        return convert.note(await self._api.send(shapes.Note, endpoint, {"body": body}))

    async def create_discussion(
        self, project_id: int, iid: int, body: str, position: ports.Position | None
    ) -> ports.Discussion:
        """Open a thread, on a line of the diff where a position is given."""
        endpoint = Endpoint("POST", f"{_REQUEST}/discussions", (project_id, iid))
        place = {"position": convert.position(position)} if position else {}
        return convert.discussion(await self._api.send(shapes.Discussion, endpoint, {"body": body, **place}))

    async def reply(self, project_id: int, iid: int, discussion_id: str, body: str) -> ports.Note:
        """Answer in a thread."""
        endpoint = Endpoint("POST", f"{_REQUEST}/discussions/{{}}/notes", (project_id, iid, discussion_id))
        return convert.note(await self._api.send(shapes.Note, endpoint, {"body": body}), discussion_id)

    async def resolve(self, project_id: int, iid: int, discussion_id: str, *, resolved: bool) -> None:
        """Resolve a thread, or open it again."""
        endpoint = Endpoint("PUT", f"{_REQUEST}/discussions/{{}}", (project_id, iid, discussion_id))
        await self._api.do(endpoint, {"resolved": resolved})

    async def award(self, project_id: int, iid: int, note_id: int, emoji: str) -> None:
        """Put an emoji on a comment; one that is there already is fine."""
        endpoint = Endpoint("POST", f"{_REQUEST}/notes/{{}}/award_emoji", (project_id, iid, note_id))
        try:
            await self._api.do(endpoint, {"name": emoji})
        except ports.PermanentForgeError as error:
            if "already been taken" not in str(error):
                raise

    async def access_level(self, project_id: int, user_id: int) -> int:
        """Return a person's role in a project, inherited ones included; 0 for strangers and the blocked."""
        endpoint = Endpoint("GET", "/projects/{}/members/all/{}", (project_id, user_id))
        try:
            member = await self._api.read(shapes.Member, endpoint)
        except ports.NotFoundError:
            return 0
        return member.access_level if member.state == "active" else 0

    async def pipeline(self, project_id: int, pipeline_id: int) -> ports.ForgePipeline:
        """Return a pipeline."""
        endpoint = Endpoint("GET", f"{_PIPELINES}/{{}}", (project_id, pipeline_id))
        return convert.pipeline(await self._api.read(shapes.Pipeline, endpoint), project_id)

    async def pipelines(
        self, project_id: int, *, ref: str = "", sha: str = "", source: str = ""
    ) -> list[ports.ForgePipeline]:
        """Return the newest pipelines first, at most a hundred; children only where their source is asked for."""
        query = {name: value for name, value in (("ref", ref), ("sha", sha), ("source", source)) if value}
        return await self._pipeline_list(Endpoint("GET", _PIPELINES, (project_id,)), query)

    async def jobs(
        self, project_id: int, pipeline_id: int, *, failed: bool, retried: bool
    ) -> list[ports.ForgeJob]:
        """Return a pipeline's jobs: only the failed ones, also former attempts."""
        query: dict[str, object] = {"scope[]": "failed"} if failed else {}
        query |= {"include_retried": True} if retried else {}
        endpoint = Endpoint("GET", f"{_PIPELINES}/{{}}/jobs", (project_id, pipeline_id))
        return [convert.job(shape) for shape in await self._api.items(shapes.Job, endpoint, query)]

    async def trace(self, project_id: int, job_id: int) -> AsyncIterator[bytes]:
        """Yield a job's log as it comes, undecoded."""
        endpoint = Endpoint("GET", "/projects/{}/jobs/{}/trace", (project_id, job_id))
        async for chunk in self._api.stream(endpoint):
            yield chunk

    async def retry_job(self, project_id: int, job_id: int) -> ports.ForgeJob:
        """Start a job once more."""
        endpoint = Endpoint("POST", "/projects/{}/jobs/{}/retry", (project_id, job_id))
        return convert.job(await self._api.send(shapes.Job, endpoint, {}))

    async def packages(self, project: int | str, *, group: bool, name: str) -> list[ports.Package]:
        """Return the versions of one package; GitLab's own name filter is fuzzy, so it is checked here."""
        endpoint = Endpoint("GET", "/groups/{}/packages" if group else "/projects/{}/packages", (project,))
        shown = await self._api.items(shapes.Package, endpoint, {"package_type": "pypi", "package_name": name})
        wanted = canonicalize_name(name)
        return [convert.package(shape, self._host) for shape in shown if canonicalize_name(shape.name) == wanted]

    async def lint(self, project_id: int, content: str, ref: str) -> ports.LintResult:
        """Return GitLab's judgement of a CI file. Local includes are read at ``ref`` only by a dry run."""
        dry_run = {"dry_run": True, "ref": ref} if ref and "include" in content else {}
        endpoint = Endpoint("POST", "/projects/{}/ci/lint", (project_id,))
        return convert.lint(await self._api.send(shapes.Lint, endpoint, {"content": content, **dry_run}))

    async def lint_commit(self, project_id: int, sha: str) -> ports.LintResult:
        """Return GitLab's judgement of the CI file that a commit has."""
        endpoint = Endpoint("GET", "/projects/{}/ci/lint", (project_id,))
        return convert.lint(await self._api.read(shapes.Lint, endpoint, {"content_ref": sha}))

    async def branch(self, project_id: int, name: str) -> tuple[ports.Commit, bool]:
        """Return a branch's head, and whether the bot may push to it."""
        shape = await self._api.read(shapes.Branch, Endpoint("GET", _BRANCH, (project_id, name)))
        return convert.commit(shape.commit), shape.can_push

    async def delete_branch(self, project_id: int, name: str) -> None:
        """Remove a branch; one that is gone already is fine."""
        try:
            await self._api.do(Endpoint("DELETE", _BRANCH, (project_id, name)))
        except ports.NotFoundError:
            return

    async def commits(self, project_id: int, ref: str, limit: int) -> list[ports.Commit]:
        """Return the newest commits of a ref."""
        query = {"ref_name": ref, "per_page": min(limit, PAGE_SIZE)}
        shown = await self._api.items(shapes.Commit, Endpoint("GET", _COMMITS, (project_id,)), query, most=1)
        return [convert.commit(shape) for shape in shown]

    async def commit(
        self,
        project_id: int,
        *,
        branch: str,
        start_sha: str,
        message: str,
        changes: Sequence[ports.FileChange],
        force: bool,
    ) -> ports.Commit:
        """Make one commit of whole files on top of a commit; ``force`` replaces what the branch holds."""
        actions = [_action(change) for change in changes]
        body = {"branch": branch, "commit_message": message, "actions": actions, "force": force, "stats": False}
        start = {"start_sha": start_sha} if start_sha else {}
        return convert.commit(
            await self._api.send(shapes.Commit, Endpoint("POST", _COMMITS, (project_id,)), body | start)
        )

    async def create_merge_request(
        self,
        project_id: int,
        *,
        source: str,
        target: str,
        title: str,
        description: str,
    ) -> ports.MergeRequest:
        """Open a merge request; ConflictError names the one that is there already."""
        body: dict[str, Any] = {
            "source_branch": source,
            "target_branch": target,
            "title": title,
            "description": description,
            "remove_source_branch": True,
        }
        endpoint = Endpoint("POST", _REQUESTS, (project_id,))
        return convert.merge_request(await self._api.send(shapes.MergeRequest, endpoint, body))

    async def update_merge_request(
        self, project_id: int, iid: int, fields: Mapping[str, Any]
    ) -> ports.MergeRequest:
        """Change a merge request; ``fields`` are GitLab's own."""
        endpoint = Endpoint("PUT", _REQUEST, (project_id, iid))
        return convert.merge_request(await self._api.send(shapes.MergeRequest, endpoint, fields))

    async def commit_comments(self, project_id: int, sha: str) -> list[ports.Note]:
        """Return the comments on a commit."""
        endpoint = Endpoint("GET", f"{_COMMITS}/{{}}/comments", (project_id, sha))
        return [convert.commit_comment(shape) for shape in await self._api.items(shapes.CommitComment, endpoint)]

    async def comment_on_commit(self, project_id: int, sha: str, body: str) -> None:
        """Write a comment on a commit."""
        await self._api.do(Endpoint("POST", f"{_COMMITS}/{{}}/comments", (project_id, sha)), {"note": body})

    async def set_commit_status(
        self, project_id: int, sha: str, *, ref: str, state: str, description: str
    ) -> None:
        """Set the bot's status of a commit; one that it has already is fine."""
        body = {"state": state, "ref": ref, "name": STATUS_NAME, "description": description[:255]}
        try:
            await self._api.do(Endpoint("POST", "/projects/{}/statuses/{}", (project_id, sha)), body)
        except ports.PermanentForgeError as error:
            if "Cannot transition status" not in str(error):
                raise

    async def _pipeline_list(self, endpoint: Endpoint, query: Query) -> list[ports.ForgePipeline]:
        shown = await self._api.items(shapes.Pipeline, endpoint, query, most=1)
        return [convert.pipeline(shape, int(str(endpoint.ids[0]))) for shape in shown]


def _action(change: ports.FileChange) -> dict[str, object]:
    return {"action": "create" if change.create else "update", "file_path": change.path, "content": change.content}
