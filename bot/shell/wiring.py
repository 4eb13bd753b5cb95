"""Builds everything from the settings. The only module that knows all the parts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import web

from bot.app.ports import Clock, Forge, Services, Work
from bot.core.registry import load
from bot.core.webhook import HookSecrets
from bot.shell.clock import SystemClock
from bot.shell.engine import Engine
from bot.shell.errors import UsageError
from bot.shell.explained import ExplainPages
from bot.shell.gitlab import GitLabForge
from bot.shell.gitlab.client import WAITED, Observation, Timeouts
from bot.shell.housekeeping import Habits, Housekeeping
from bot.shell.metrics import Metrics
from bot.shell.ops import OpsPages
from bot.shell.receiver import Receiver, Rules
from bot.shell.settings import Settings
from bot.shell.store.database import StoreError
from bot.shell.store.store import DAY_S, Store, open_store
from bot.shell.warm import warm_up
from bot.shell.web import SERVER_OPTIONS, Web
from bot.shell.worker import Worker


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The running parts of one process."""

    settings: Settings
    clock: Clock
    metrics: Metrics
    store: Store
    forge: Forge

    @property
    def services(self) -> Services:
        """What the kinds of work may use."""
        return Services(self.forge, self.store, self.store, self.clock, self.settings.choices())


@contextlib.asynccontextmanager
async def open_parts(settings: Settings, *, forge: Forge | None = None) -> AsyncIterator[Parts]:
    """Open store and forge for as long as they are needed. Raises UsageError when that cannot be."""
    clock, metrics = SystemClock(), Metrics()
    try:
        store = await open_store(settings.resolved_store_url, clock)
    except StoreError as error:
        raise UsageError(str(error)) from error
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(store.close)
        if forge is None:
            forge = own = build_forge(settings, metrics)
            stack.push_async_callback(own.close)
        yield Parts(settings=settings, clock=clock, metrics=metrics, store=store, forge=forge)


def build_forge(settings: Settings, metrics: Metrics) -> GitLabForge:
    """GitLab as the settings name it, with its calls counted."""

    def observe(seen: Observation) -> None:
        if seen.outcome == WAITED:
            metrics.gitlab_wait_seconds.inc(seen.seconds)
            return
        metrics.gitlab_calls.labels(seen.operation, seen.outcome).inc()
        metrics.gitlab_seconds.labels(seen.operation).observe(seen.seconds)

    return GitLabForge(
        settings.gitlab_url,
        settings.gitlab_token.get_secret_value(),
        tokens={path: token.get_secret_value() for path, token in settings.gitlab_tokens.items()},
        timeouts=Timeouts(total_s=settings.gitlab_timeout_s),
        observe=observe,
    )


def build_application(parts: Parts) -> web.Application:
    """The HTTP side of a process that receives."""
    settings = parts.settings
    app = _web(parts).application(settings.webhook_max_bytes)
    OpsPages(parts.store, parts.clock, settings.ops_password.get_secret_value()).add_to(app)
    ExplainPages().add_to(app)
    return app


def _web(parts: Parts) -> Web:
    settings = parts.settings
    rules = Rules(
        secrets=HookSecrets(
            settings.webhook_token.get_secret_value(), settings.webhook_signing_token.get_secret_value()
        ),
        max_age_s=settings.webhook_max_age_s,
        max_bytes=settings.webhook_max_bytes,
    )

    async def probe() -> None:
        await parts.store.check_writable()
        await parts.forge.current_user()

    receiver = Receiver(parts.store, parts.clock, rules)
    return Web(receiver, parts.metrics, probe, read_timeout_s=settings.webhook_read_timeout_s)


@contextlib.asynccontextmanager
async def watchable(parts: Parts) -> AsyncIterator[str]:
    """Serve health and counters of a process that only works, if it was given a port for that."""
    port = parts.settings.work_port
    if not port:
        yield ""
        return
    async with _serving(parts, _web(parts).watched(0), port) as address:
        yield address


@contextlib.asynccontextmanager
async def listening(parts: Parts) -> AsyncIterator[str]:
    """Serve HTTP; gives the address that was taken."""
    async with _serving(parts, build_application(parts), parts.settings.port) as address:
        yield address


@contextlib.asynccontextmanager
async def _serving(parts: Parts, app: web.Application, port: int) -> AsyncIterator[str]:
    settings = parts.settings
    runner = web.AppRunner(app, shutdown_timeout=settings.shutdown_grace_s, **SERVER_OPTIONS)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.host, port).start()
        except OSError as error:
            raise UsageError(f"cannot listen on {settings.host}:{port}: {error.strerror}") from error
        host, port = runner.addresses[0][:2]
        yield f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    finally:
        await runner.cleanup()


async def do_work(parts: Parts, stop: asyncio.Event, *, concurrency: int) -> None:
    """Work and keep house until told to stop."""
    settings = parts.settings
    worker = Worker(
        parts.store,
        load("bot.app.work", "WORK", Work),
        parts.services,
        parts.metrics,
        time_out_s=settings.work_timeout_s,
        most_tries=settings.work_attempts,
    )
    engine = Engine(parts.store, worker.run, concurrency=concurrency, grace_s=settings.shutdown_grace_s)
    habits = Habits(
        sweep_interval_s=settings.sweep_interval_s,
        keep_s=settings.retention_days * DAY_S,
        keep_dead_s=settings.dead_retention_days * DAY_S,
    )
    keeper = Housekeeping(engine, parts.clock, parts.metrics, habits)
    async with asyncio.TaskGroup() as together:
        together.create_task(asyncio.to_thread(warm_up, parts.services.judge), name="warm-up")
        together.create_task(keeper.run(stop), name="housekeeping")
        together.create_task(engine.work(stop), name="engine")
