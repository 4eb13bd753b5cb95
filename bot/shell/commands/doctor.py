"""`scansion doctor`: whether everything is set up, and the token no stronger than it must be."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime

from pydantic import SecretStr
from rich.markup import escape

from bot.app.ports import ForgeError
from bot.shell.clock import SystemClock
from bot.shell.doctor import Check, gather, judge, judge_settings
from bot.shell.errors import UsageError
from bot.shell.output import Format, Output
from bot.shell.queue_admin import QueueAdmin
from bot.shell.settings import Settings, SettingsError, load_settings, require_forge, require_receiver
from bot.shell.store.database import StoreError
from bot.shell.store.store import open_store

MARKS = {"ok": "[green]ok     [/green]", "warning": "[yellow]warning[/yellow]", "problem": "[red]problem[/red]"}


def run(output: Output) -> int:
    """Print every check; 1 when one of them is a problem."""
    checks = list(_checks(load_settings()))
    if output.format == Format.JSON:
        output.json({"version": 1, "checks": [asdict(check) for check in checks]})
    else:
        for check in checks:
            if check.state != "ok" or not output.quiet:
                output.markup(f"{MARKS[check.state]}  {check.name:9} {escape(check.text)}")
    return 1 if any(check.state == "problem" for check in checks) else 0


def _checks(settings: Settings) -> Iterator[Check]:
    for required in (require_receiver, require_forge):
        try:
            required(settings)
        except SettingsError as error:
            yield Check("settings", "problem", str(error))
    yield from judge_settings(settings)
    if settings.gitlab_token.get_secret_value():
        yield from _token(settings, settings.gitlab_token)
    for path, token in settings.gitlab_tokens.items():
        for check in _token(settings, token):
            yield replace(check, text=f"`{path}`: {check.text}")
    yield asyncio.run(_store(settings))


def _token(settings: Settings, token: SecretStr) -> Iterator[Check]:
    try:
        yield from judge(gather(settings, token), datetime.now(UTC).date())
    except ForgeError as error:
        yield Check("gitlab", "problem", str(error))


async def _store(settings: Settings) -> Check:
    try:
        store = await open_store(settings.resolved_store_url, SystemClock(), exclusive=False)
    except (StoreError, UsageError) as error:
        return Check("store", "problem", str(error))
    try:
        await store.check_writable()
        counts = await QueueAdmin(store).counts()
    except StoreError as error:
        return Check("store", "problem", str(error))
    finally:
        await store.close()
    state = "warning" if counts["dead"] else "ok"
    text = ", ".join(f"{number} {name}" for name, number in counts.items())
    return Check("store", state, f"work: {text}" + (" (see `scansion queue list`)" if counts["dead"] else ""))
