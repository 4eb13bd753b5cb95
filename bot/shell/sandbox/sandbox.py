"""A simulated GitLab to drive: make projects, push, comment, and watch what a bot does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.shell.sandbox import comments, merge_requests, packages, pipelines, pushes
from bot.shell.sandbox.comments import OnlyCommands, Place
from bot.shell.sandbox.pages import Pages
from bot.shell.sandbox.repository import Commit, Repository
from bot.shell.sandbox.server import MAX_BODY, Server
from bot.shell.sandbox.state import (
    DEVELOPER,
    MAINTAINER,
    Hook,
    Job,
    JobRun,
    Json,
    MergeRequest,
    Note,
    Package,
    Pipeline,
    Project,
    Protection,
    Token,
    User,
    World,
)
from bot.shell.sandbox.webhooks import Webhooks

ALL_EVENTS = frozenset({"push_events", "merge_requests_events", "pipeline_events", "job_events", "note_events"})


class Sandbox:
    """The simulated GitLab. Used as `async with Sandbox() as gitlab:` it listens on loopback."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.world = World(clock=clock)
        self.webhooks = Webhooks(self.world)
        self.world.emit = self.webhooks.emit
        self.world.emit_to = self.webhooks.emit_to
        self.world.send_again = self.webhooks.send_again
        self.server = Server(self.world)
        self._runner: web.AppRunner | None = None
        self._sender: asyncio.Task[None] | None = None
        self._timers: list[asyncio.TimerHandle] = []

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen, and return the address."""
        app = web.Application(client_max_size=MAX_BODY)
        self.server.add_to(app)
        Pages(self.world).add_to(app)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        bound = self._runner.addresses[0][1]
        self.world.base_url = f"http://{host}:{bound}"
        self._sender = asyncio.create_task(self.webhooks.run())
        return self.world.base_url

    async def stop(self) -> None:
        """Stop listening and sending."""
        for timer in self._timers:
            timer.cancel()
        if self._sender is not None:
            self._sender.cancel()
            await asyncio.gather(self._sender, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        """The address, as a bot is told it."""
        return self.world.base_url

    def create_user(self, username: str, name: str = "", *, bot: bool = False, admin: bool = False) -> User:
        """Add a person or a bot."""
        number = self.world.next_id()
        user = User(
            id=number,
            username=username,
            name=name or username.title(),
            email=f"{username}@noreply.example.com" if bot else f"{username}@example.com",
            bot=bot,
            admin=admin,
        )
        self.world.users.append(user)
        return user

    def create_token(
        self, user: User, value: str, *, scopes: tuple[str, ...] = ("api",), expires_at: str = ""
    ) -> Token:
        """Give a user an access token of a known value."""
        token = Token(
            id=self.world.next_id(), value=value, user=user, scopes=frozenset(scopes), expires_at=expires_at
        )
        self.world.tokens.append(token)
        return token

    def create_project(
        self,
        path: str,
        *,
        members: Mapping[User, int] | None = None,
        visibility: str = "private",
        branch: str = "main",
    ) -> Project:
        """Add an empty project whose default branch is protected."""
        name = path.rpartition("/")[2]
        project = Project(
            id=self.world.next_id(),
            path=path,
            name=name.replace("-", " ").title(),
            repository=Repository(default_branch=branch),
            created_at=self.world.now(),
            visibility=visibility,
            members={user.id: level for user, level in (members or {}).items()},
        )
        project.protections[branch] = Protection(name=branch, push_level=MAINTAINER)
        self.world.projects.append(project)
        return project

    def fork(self, project: Project, path: str, owner: User) -> Project:
        """Copy a project for somebody else."""
        copy = self.create_project(path, members={owner: MAINTAINER}, visibility=project.visibility)
        copy.forked_from = project
        copy.repository.commits = dict(project.repository.commits)
        copy.repository.branches = dict(project.repository.branches)
        return copy

    def add_member(self, project: Project, user: User, level: int = DEVELOPER) -> None:
        """Give a user a role in a project."""
        project.members[user.id] = level

    def add_hook(
        self,
        project: Project | str,
        url: str,
        *,
        token: str = "",
        signing_token: str = "",
        events: frozenset[str] = ALL_EVENTS,
    ) -> Hook:
        """Tell an address of everything in a project, or in a group given by its path."""
        hook = Hook(
            id=self.world.next_id(),
            url=url,
            token=token,
            signing_token=signing_token,
            events=events,
            created_at=self.world.now(),
        )
        hooks = self.world.group_hooks.setdefault(project, []) if isinstance(project, str) else project.hooks
        hooks.append(hook)
        return hook

    def push(
        self, project: Project, branch: str, files: Mapping[str, str | bytes | None], message: str, author: User
    ) -> Commit:
        """Push a commit that sets files (None removes one); a new branch starts at the default one."""
        repository = project.repository
        head = repository.resolve(branch) or repository.resolve("HEAD")
        if branch not in repository.branches and head is not None:
            repository.branches[branch] = head.sha
        tree = dict(head.tree) if head else {}
        for path, content in files.items():
            tree.pop(path, None)
            if content is not None:
                tree[path] = content.encode() if isinstance(content, str) else content
        return pushes.push_tree(self.world, project, author, branch, tree=tree, message=message)

    def force_push(
        self, project: Project, branch: str, start: str, files: Mapping[str, str], author: User
    ) -> Commit:
        """Replace a branch by one commit on top of another place."""
        base = project.repository.resolve(start)
        tree = {**(base.tree if base else {}), **{path: text.encode() for path, text in files.items()}}
        by = (pushes.signature(author), pushes.signature(author))
        parents = (base.sha,) if base else ()
        commit = project.repository.store(tree, "Rewrite", parents=parents, by=by, time=self.world.now())
        pushes.move_branch(self.world, project, author, branch, commit)
        return commit

    def open_merge_request(
        self, project: Project, author: User, source: str, title: str, *, target: str = "", description: str = ""
    ) -> MergeRequest:
        """Open a merge request, to the default branch unless another is named."""
        target = target or project.repository.default_branch
        return merge_requests.open_from(
            self.world, (project, project), author, branches=(source, target), text=(title, description)
        )

    def open_from_fork(self, fork: Project, author: User, source: str, title: str) -> MergeRequest:
        """Open a merge request from a fork to its origin's default branch."""
        origin = fork.forked_from
        if origin is None:
            raise ValueError(f"{fork.path} is no fork")
        branches = (source, origin.repository.default_branch)
        return merge_requests.open_from(self.world, (fork, origin), author, branches=branches, text=(title, ""))

    def update_merge_request(self, request: MergeRequest, user: User, fields: Json) -> None:
        """Change a title, description, labels, target branch or state, as a person does in the browser."""
        merge_requests.update(self.world, request, user, fields)

    def merge(self, request: MergeRequest, user: User) -> None:
        """Merge a merge request."""
        pushes.merge(self.world, request, user)

    def comment(self, request: MergeRequest, author: User, body: str) -> Note | OnlyCommands:
        """Write a note."""
        return comments.add_note(self.world, request, author, body, Place())

    def reply(self, request: MergeRequest, author: User, note: Note, body: str) -> Note | OnlyCommands:
        """Answer in a note's thread."""
        place = Place(discussion_id=note.discussion_id)
        return comments.add_note(self.world, request, author, body, place)

    def edit_comment(self, request: MergeRequest, note: Note, body: str) -> Note | OnlyCommands:
        """Change a note."""
        return comments.edit_note(self.world, request, note, body)

    def publish(self, project: Project, name: str, version: str) -> Package:
        """Put a version with one wheel into the package registry."""
        return packages.publish(
            self.world, project, name, version, files={packages.wheel_name(name, version): b"wheel"}
        )

    def fail_pipeline(
        self,
        project: Project,
        branch: str,
        user: User,
        *,
        job: str,
        trace: bytes,
        failure_reason: str = "script_failure",
    ) -> Pipeline:
        """Run a pipeline of a branch's head whose one job fails with a log."""
        outcome = JobRun(job, status="failed", trace=trace, failure_reason=failure_reason)
        return self.run_pipeline(project, branch, user, [outcome])

    def run_pipeline(self, project: Project, branch: str, user: User, outcomes: list[JobRun]) -> Pipeline:
        """Run a pipeline of a branch's head with these outcomes."""
        usual, self.world.runner = self.world.runner, lambda *_: outcomes
        try:
            pipeline = pipelines.start(self.world, project, branch, user, source="push")
        finally:
            self.world.runner = usual
        if pipeline is None:
            raise ValueError(f"{project.path} has no CI file on {branch}")
        return pipeline

    def slow_pipelines(self, seconds: float) -> None:
        """Let every pipeline take so long from now on; it is pending until then."""
        self.world.later = lambda act: self._call_later(seconds, act)

    def _call_later(self, seconds: float, act: Callable[[], None]) -> None:
        self._timers.append(asyncio.get_running_loop().call_later(seconds, act))

    def retry_job(self, project: Project, pipeline: Pipeline, job: Job) -> Job:
        """Run a job once more."""
        return pipelines.retry(self.world, project, pipeline, job)

    def notes_of(self, request: MergeRequest, author: User) -> list[Note]:
        """Return the comments that somebody wrote on a merge request."""
        return [note for note in request.notes if note.author is author and not note.system]
