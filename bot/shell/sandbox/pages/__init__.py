"""Pages of the simulated GitLab, for a person to look at."""

from __future__ import annotations

from aiohttp import web

from bot.shell.sandbox.state import World

WORLD = web.AppKey("world", World)


def add_pages(app: web.Application, world: World) -> None:
    """Register the pages."""
    app[WORLD] = world
