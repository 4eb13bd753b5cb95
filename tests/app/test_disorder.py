"""Deliveries that are lost, doubled or late: after a sweep GitLab looks as if they had all come once, in order."""

from __future__ import annotations

import asyncio
import os
import random
import re

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.app.threads import KIND, ThreadMark
from bot.core.render.marker import read_marker
from bot.core.render.note import read_note
from tests.app.life import life
from tests.app.world import CI, PYPROJECT

EXAMPLES = int(os.environ.get("SCANSION_EXAMPLES", "8"))
LOCK = 'name = "psycopg2"\n'
CACHED = CI.replace("test:\n", "test:\n  cache: {paths: [.venv]}\n")
CURED = CI.replace(
    "    - poetry install",
    "    - apt-get install -y libpq-dev\n    - apt-get install -y gcc\n    - poetry install",
)
PUSHES = {
    "lock": {"poetry.lock": LOCK},
    "unlock": {"poetry.lock": ""},
    "plain": {".gitlab-ci.yml": CI},
    "cached": {".gitlab-ci.yml": CACHED},
    "cured": {".gitlab-ci.yml": CURED},
    "describe": {"pyproject.toml": PYPROJECT + 'description = "x"\n'},
    "bump": {"pyproject.toml": PYPROJECT.replace("0.1.0", "0.1.1")},
    "code": {"src/app.py": "print()\n"},
}
OTHERS = ("finish", "draft", "ready", "silence", "speak", "close", "reopen", "comment", "rest")
STORIES = st.lists(st.sampled_from((*PUSHES, *OTHERS)), min_size=1, max_size=14)


def act(world, name):
    """One thing that a person or a runner does."""
    changes = {
        "draft": {"title": "Draft: Store the orders"},
        "ready": {"title": "Store the orders"},
        "silence": {"add_labels": ["scansion::silent"]},
        "speak": {"remove_labels": ["scansion::silent"]},
        "close": {"state_event": "close"},
        "reopen": {"state_event": "reopen"},
    }
    if name in PUSHES:
        world.push(PUSHES[name])
    elif name == "finish":
        world.finish()
    elif name == "comment":
        world.gitlab.comment(world.request, world.dana, "Thanks.")
    elif name in changes:
        is_open = world.request.state == "opened"
        if (name == "close" and not is_open) or (name == "reopen" and is_open):
            return
        world.gitlab.update_merge_request(world.request, world.dana, changes[name])


async def play(story, arrange):
    """Live through a story with deliveries arranged somehow; return what people see in the end."""
    async with life() as world:
        world.push({"src/app.py": ""})
        world.open("Store the orders")
        for name in story:
            act(world, name)
            if name == "rest" or arrange is None:
                await world.settle(arrange or list)
        for name in ("reopen", "speak", "ready"):
            act(world, name)
        for _ in range(4):
            world.finish()
            await world.settle(arrange or list)
            await world.sweep()
        notes = [note for note in world.request.notes if note.author is world.bot and read_note(note.body)]
        assert len(notes) <= 1
        return seen(world)


def seen(world):
    """What counts of the state: not its history, and no numbers that GitLab gives out as things come."""
    notes = [note for note in world.request.notes if note.author is world.bot]
    past = re.compile(r"<details><summary>Before.*?</details>\n\n", re.DOTALL)
    text = [past.sub("", note.body) for note in notes if read_note(note.body)]
    fixups = [
        (request.title.startswith("Draft"), branch_file(world, request))
        for request in world.project.merge_requests
        if request.source_branch.startswith("scansion/") and request.state == "opened"
    ]
    threads = sorted(
        mark.fingerprint
        for note in notes
        if (mark := read_marker(KIND, note.body, ThreadMark)) and note.resolved_by is None
    )
    return {
        "note": [plain(part, world) for part in text if not is_clear(part)],
        "fixups": fixups,
        "threads": threads,
    }


def is_clear(text):
    """Whether the note only says that all is well: a bot that never saw a problem writes none."""
    return text.startswith("**Nothing left to fix.**")


def plain(text, world):
    text = text.split("\n\n<!--")[0].replace(world.gitlab.url, "")
    text = re.sub(r"\b[0-9a-f]{40}\b", "commit", text)
    return re.sub(r"(!|jobs/|pipelines/|merge_requests/|pipeline |#note_)\d+", r"\1N", text)


def branch_file(world, request):
    repository = world.project.repository
    return repository.commits[repository.branches[request.source_branch]].tree[".gitlab-ci.yml"].decode()


def disorder(seed):
    """Lose a third, double a third, and mix them all."""
    chance = random.Random(seed)

    def arrange(events):
        kept = [event for event in events for _ in range(chance.choice((0, 1, 1, 2)))]
        chance.shuffle(kept)
        return kept

    return arrange


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],  # a failing story reads well enough, and shrinking takes minutes
)
@given(story=STORIES, seed=st.integers(0, 2**16))
def test_disorder_ends_as_order_does(story, seed):
    expected = asyncio.run(play(story, None))
    assert asyncio.run(play(story, disorder(seed))) == expected
