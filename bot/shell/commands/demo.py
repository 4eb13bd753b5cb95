"""`scansion demo`: plays the bot beside a simulated GitLab."""

from __future__ import annotations

import asyncio
import contextlib

from bot.shell.output import Output


def run(output: Output, *, once: bool, port: int) -> int:
    """Play, then serve the simulated GitLab until Ctrl-C unless ``once``."""
    output.console.print("[bold]Scansion[/bold], beside a simulated GitLab on this machine. Nothing leaves it.")
    from bot.shell.demo.play import play  # noqa: PLC0415 - the first line is on the screen before the imports

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(play(output, once=once, port=port))
    return 0
