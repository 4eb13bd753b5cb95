"""`scansion install`: makes GitLab tell the bot of a project or group."""

from __future__ import annotations

import time

from bot.app.ports import ForgeError
from bot.shell.errors import UsageError
from bot.shell.gitlab.breaker import Breaker
from bot.shell.gitlab.client import Client, Timeouts
from bot.shell.install import Receiver, install
from bot.shell.output import Format, Output
from bot.shell.settings import Settings, load_settings, require_forge, require_receiver

PATH = "/webhook"


def run(output: Output, target: str, url: str | None) -> int:
    """Create or repair the hook; 0 when it is as it should be."""
    settings = load_settings()
    require_receiver(settings)
    require_forge(settings)
    receiver = Receiver(
        url=_address(settings, url),
        token=settings.webhook_token.get_secret_value(),
        signing_token=settings.webhook_signing_token.get_secret_value(),
    )
    client = Client(
        settings.gitlab_url,
        settings.gitlab_token.get_secret_value(),
        breaker=Breaker(time.monotonic),
        timeouts=Timeouts(total_s=settings.gitlab_timeout_s),
    )
    try:
        done = install(client, target, receiver)
    except ForgeError as error:
        raise UsageError(str(error)) from error
    finally:
        client.close()
    if output.format == Format.JSON:
        facts = {
            "target": target,
            "kind": done.kind,
            "hook": done.hook,
            "created": done.created,
            "url": receiver.url,
        }
        output.json({"version": 1, **facts})
    else:
        verb = "Made" if done.created else "Set right"
        output.console.print(f"{verb} hook {done.hook} of the {done.kind} {target}: it tells {receiver.url}")
    return 0


def _address(settings: Settings, url: str | None) -> str:
    """Return where GitLab reaches the receiver."""
    if url:
        return url if url.rstrip("/").endswith(PATH) else url.rstrip("/") + PATH
    if settings.pages_url:
        return settings.pages_url.rstrip("/") + PATH
    raise UsageError("say where GitLab reaches the bot: `--url https://scansion.example.com`, or set `pages_url`")
