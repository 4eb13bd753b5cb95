"""Runs one piece of queued work: the only way from the queue's worker into the use cases."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Any, cast

import bot.app.work
from bot.app.ports import ForgeError, TransientForgeError
from bot.app.services import Dead, Outcome, Retry, Services

Run = Callable[[Mapping[str, Any], Services], Awaitable[Outcome]]


@cache
def work_kinds() -> frozenset[str]:
    """Every kind of work: the modules of `bot.app.work`."""
    return frozenset(module.name for module in pkgutil.iter_modules(bot.app.work.__path__))


async def perform(kind: str, payload: Mapping[str, Any], services: Services) -> Outcome:
    """Do the work and say how it ended. Faults of our own are not caught: they are the worker's to log."""
    if kind not in work_kinds():
        return Dead(f"there is no work of the kind `{kind}`")
    run = cast("Run", importlib.import_module(f"bot.app.work.{kind}").run)
    try:
        return await run(payload, services)
    except TransientForgeError as error:
        return Retry(str(error), error.retry_after_s)
    except ForgeError as error:
        return Dead(str(error))
