"""The play of the demo: two sample projects, each from the webhook to the bot's answer."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import secrets
import tempfile
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from pathlib import Path

from bot.shell.demo.stage import Stage
from bot.shell.errors import UsageError
from bot.shell.log import configure_log
from bot.shell.output import Output
from bot.shell.sandbox import pipelines
from bot.shell.sandbox.demo_projects import BOT_TOKEN, Demo, open_ledger_request, open_metrum_request, seed
from bot.shell.sandbox.diff import changes
from bot.shell.sandbox.sandbox import Sandbox
from bot.shell.sandbox.state import MergeRequest, Pipeline, Project, User
from bot.shell.service import run_service
from bot.shell.settings import Settings, load_settings
from bot.shell.wiring import Parts

QUIET_S = 0.15  # the bot has done its work when nothing waits, runs or comes for so long
LONGEST_WAIT_S = 60.0
ROUNDS = 4


@dataclass
class Play:
    """The running demo: what was shown of it so far stands in ``seen`` and ``shown``."""

    demo: Demo
    parts: Parts
    stage: Stage
    seen: int = 0
    shown: dict[int, str] = field(default_factory=dict)

    @property
    def gitlab(self) -> Sandbox:
        """The simulated GitLab."""
        return self.demo.gitlab

    async def settle(self) -> None:
        """Wait until webhooks are delivered and the bot has nothing to do; then show what arrived."""
        deadline = asyncio.get_running_loop().time() + LONGEST_WAIT_S
        while not await self._is_quiet():
            if asyncio.get_running_loop().time() > deadline:
                raise UsageError("the bot did not come to rest within a minute: see its log with SCANSION_DEBUG=1")
        sent = self.gitlab.webhooks.sent
        self.stage.events(sent[self.seen :])
        self.seen = len(sent)

    async def _is_quiet(self) -> bool:
        await self.gitlab.webhooks.delivered()
        before = len(self.gitlab.webhooks.sent)
        await asyncio.sleep(QUIET_S)
        counts, _ = await self.parts.store.depth()
        busy = counts.get("todo", 0) + counts.get("doing", 0)
        await self.gitlab.webhooks.delivered()
        return not busy and before == len(self.gitlab.webhooks.sent)

    def show_notes(self, request: MergeRequest) -> None:
        """Show notes of the bot that are new, or other than before."""
        for note in self.gitlab.notes_of(request, self.demo.bot):
            if self.shown.get(note.id) == note.body:
                continue
            edited = "edited" if note.id in self.shown else "wrote"
            self.shown[note.id] = note.body
            self.stage.note(f"Scansion {edited} on !{request.iid}", note.body)

    async def run_pipelines(self, project: Project, *branches: str) -> None:
        """Let the pipelines that wait for these branches run to their end."""
        for pipeline in _waiting(project, branches):
            pipelines.run(self.gitlab.world, project, pipeline)
            jobs = ", ".join(f"{job.name} {job.status}" for job in pipeline.jobs)
            self.stage.say(f"pipeline of {pipeline.ref}: {pipeline.status} ({jobs})")
        await self.settle()

    async def prove(self, project: Project) -> None:
        """Run the pipelines of the fix-up merge requests until no new one waits."""
        for _ in range(ROUNDS):
            fixups = [r for r in project.merge_requests if r.author is self.demo.bot and r.state == "opened"]
            branches = [request.source_branch for request in fixups]
            if not _waiting(project, branches):
                return
            for request in fixups:
                self.show_change(project, request)
            self.stage.step("The pipeline of the fix-up merge request runs")
            await self.run_pipelines(project, *branches)
            for request in fixups:
                self.stage.say(f"!{request.iid} is now: {request.title}")

    def show_change(self, project: Project, request: MergeRequest) -> None:
        """Show a fix-up merge request's change."""
        repository = project.repository
        before = repository.resolve(request.target_branch)
        after = repository.resolve(request.source_branch)
        if before is None or after is None:
            return
        self.stage.say(f"merge request !{request.iid} by Scansion: {request.title} (into {request.target_branch})")
        for change in changes(before.tree, after.tree):
            self.stage.diff(f"--- {change.old_path}\n+++ {change.new_path}\n{change.text}")

    async def comment(self, request: MergeRequest, author: User, text: str) -> None:
        """Let a person comment, and show the bot's answer."""
        self.stage.step(f"{author.name} comments: {text}")
        self.gitlab.comment(request, author, text)
        await self.settle()
        self.show_notes(request)


def _waiting(project: Project, branches: Collection[str]) -> list[Pipeline]:
    return [entry for entry in project.pipelines if entry.ref in branches and entry.status == "pending"]


async def play(output: Output, *, once: bool, port: int) -> None:
    """Play both projects; then serve the simulated GitLab until it is interrupted, unless ``once``."""
    gitlab = Sandbox()
    async with contextlib.AsyncExitStack() as running:
        await gitlab.start(port=port)
        running.push_async_callback(gitlab.stop)
        demo = seed(gitlab)
        gitlab.world.later = lambda _run: None  # from here on the play says when a pipeline runs
        parts = await running.enter_async_context(_bot(demo))
        scene = Play(demo, parts, Stage(output.console))
        await _ledger(scene)
        await _metrum(scene)
        output.console.print(f"\nLook at it in a browser: [bold]{gitlab.url}[/bold]")
        if not once:
            output.console.print("Ctrl-C ends the demo.")
            await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def _bot(demo: Demo) -> AsyncIterator[Parts]:
    """The bot as `scansion serve` runs it, with its embedded store in a folder of its own."""
    signing = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    ready: asyncio.Queue[tuple[str, Parts]] = asyncio.Queue()
    stop = asyncio.Event()
    with tempfile.TemporaryDirectory(prefix="scansion-demo-") as folder:
        settings = _settings(demo.gitlab.url, signing, Path(folder))
        configure_log(settings)

        def hear(address: str, parts: Parts) -> None:
            ready.put_nowait((address, parts))

        service = asyncio.create_task(run_service(settings, ready=hear, stop=stop))
        first = asyncio.create_task(ready.get())
        await asyncio.wait([service, first], return_when=asyncio.FIRST_COMPLETED)
        if not first.done():
            await service  # raises why it could not start
        address, parts = await first
        for project in (demo.ledger, demo.metrum):
            demo.gitlab.add_hook(project, f"{address}/webhook", signing_token=signing)
        try:
            yield parts
        finally:
            stop.set()
            await service


def _settings(url: str, signing: str, folder: Path) -> Settings:
    return load_settings(
        gitlab_url=url,
        gitlab_token=BOT_TOKEN,
        webhook_signing_token=signing,
        store_url=f"sqlite://{folder / 'scansion.db'}",
        host="127.0.0.1",
        port=0,
        log_level="error",
        sweep_interval_s=0,
    )


async def _ledger(scene: Play) -> None:
    demo = scene.demo
    scene.stage.act("shop/ledger: psycopg2 on python:3.11-slim, no cache, version 0.1.0 published already")
    scene.stage.step("Mira opens a merge request: Report what a month brought")
    request = open_ledger_request(demo)
    await scene.settle()
    scene.show_notes(request)
    scene.stage.step("Its pipeline runs")
    await scene.run_pipelines(demo.ledger, request.source_branch)
    scene.show_notes(request)
    await scene.comment(request, demo.mira, "/scansion fix")
    await scene.prove(demo.ledger)
    scene.show_notes(request)


async def _metrum(scene: Play) -> None:
    demo = scene.demo
    scene.stage.act("shop/metrum: tests copied for three Pythons with one cache, publishing from every branch")
    scene.stage.step("Jonas opens a merge request: Tell masculine line ends")
    request = open_metrum_request(demo)
    await scene.settle()
    scene.show_notes(request)
    scene.stage.step("Its pipeline runs")
    await scene.run_pipelines(demo.metrum, request.source_branch)
    scene.show_notes(request)
    await scene.comment(request, demo.jonas, "/scansion fix")
    await scene.comment(request, demo.jonas, "/scansion fix unrestricted-publish")
    await scene.prove(demo.metrum)
    scene.show_notes(request)
