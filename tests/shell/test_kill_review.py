"""One webhook that comes twenty times to a bot that is killed in between leaves one note and one merge request."""

from __future__ import annotations

import asyncio
import os
from random import Random

from bot.shell.sandbox.demo_projects import BOT_TOKEN, Demo, open_ledger_request, seed
from bot.shell.sandbox.sandbox import Sandbox
from tests.crash.process import SIGNING, Bot

COPIES = 20
KILLS = int(os.environ.get("SCANSION_TEST_KILLS", "5"))


def effects(demo: Demo) -> tuple[int, int]:
    """How many notes and merge requests the bot made."""
    request = next(entry for entry in demo.ledger.merge_requests if entry.author is demo.mira)
    own = [entry for entry in demo.ledger.merge_requests if entry.author is demo.bot]
    plain = [note for note in demo.gitlab.notes_of(request, demo.bot) if not note.position]
    return len(plain), len(own)


async def quiet(demo: Demo, *, for_s: float, within_s: float) -> None:
    """Wait until the bot has asked nothing for a while."""
    async with asyncio.timeout(within_s):
        seen, still = -1, 0.0
        while still < for_s:
            now = len(demo.gitlab.server.requests)
            still = still + 0.1 if now == seen else 0.0
            seen = now
            await asyncio.sleep(0.1)


async def test_kills_and_copies_leave_one_note_and_one_merge_request(store_url, tmp_path) -> None:
    random = Random(7)
    async with Sandbox() as gitlab:
        demo = seed(gitlab)
        gitlab.server.delay_s = 0.03
        bot = Bot(gitlab.url, store_url, tmp_path / "bot.log")
        try:
            await bot.alive()
            gitlab.add_hook(demo.ledger, f"{bot.address}/webhook", signing_token=SIGNING)
            open_ledger_request(demo)
            first = list(gitlab.webhooks._waiting)
            for _ in range(COPIES - 1):
                for delivery in first:
                    gitlab.webhooks.send(delivery)
            for _ in range(KILLS):
                await asyncio.sleep(random.uniform(0.05, 0.6))
                bot.kill()
                await bot.alive()
            for delivery in first:
                gitlab.webhooks.send(delivery)
            await quiet(demo, for_s=4, within_s=60)
        finally:
            bot.kill(restart=False)
    log = (tmp_path / "bot.log").read_text()
    assert effects(demo) == (1, 1), log[-4000:]
    assert BOT_TOKEN not in log
    assert SIGNING not in log
    assert gitlab.server.unknown == []
