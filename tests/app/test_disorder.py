"""Deliveries that are lost, doubled or late: after a sweep GitLab looks as if they had all come once, in order.

Two worlds live the same life. To one every delivery comes at once; what comes to the other, how often and when, is
drawn by hypothesis. `SCANSION_EXAMPLES` says how many lives; each has up to fifty steps.
"""

from __future__ import annotations

import asyncio
import os
import re
from contextlib import AsyncExitStack

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from bot.app.threads import KIND, ThreadMark
from bot.core.render.marker import read_marker
from bot.core.render.note import read_note
from bot.core.render.reply import read_reply
from tests.app.life import life
from tests.app.world import CI, PYPROJECT

EXAMPLES = int(os.environ.get("SCANSION_EXAMPLES", "5"))
STEPS = int(os.environ.get("SCANSION_STEPS", "20"))
CACHED = CI.replace("test:\n", "test:\n  cache: {paths: [.venv]}\n")
LONGER = CI.replace("poetry run pytest", "poetry run pytest -x")
CURED = CI.replace(
    "    - poetry install",
    "    - apt-get install -y libpq-dev\n    - apt-get install -y gcc\n    - poetry install",
)
FILES = {
    "poetry.lock": st.sampled_from(['name = "psycopg2"\n', ""]),
    ".gitlab-ci.yml": st.sampled_from([CI, CACHED, LONGER, CURED]),
    "pyproject.toml": st.sampled_from(
        [PYPROJECT, PYPROJECT + 'description = "x"\n', PYPROJECT.replace("0.1.0", "0.1.1")]
    ),
    "src/app.py": st.sampled_from(["print()\n", "print(1)\n"]),
}
# Commands whose effect does not depend on the moment: `/scansion fix` asks for what is wrong when it is heard.
COMMANDS = ("/scansion ignore uncached-install", "/scansion ignore duplicate-version", "/scansion help")
SILENT = "scansion::silent"


class Disorder(RuleBasedStateMachine):
    """What people and runners do, in both worlds."""

    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.stack = AsyncExitStack()
        self.ordered = self._run(self.stack.enter_async_context(life()))
        self.disordered = self._run(self.stack.enter_async_context(life()))
        self.late = []
        for world in self.worlds:
            world.push({"src/app.py": ""})
            world.open("Store the orders")
        self._run(self.ordered.settle())

    @property
    def worlds(self):
        return self.ordered, self.disordered

    def _run(self, work):
        return self.loop.run_until_complete(work)

    def _do(self, act):
        """Let something happen; only in the ordered world is it heard of at once."""
        for world in self.worlds:
            act(world)
        self._run(self.ordered.settle())

    def _change(self, **fields):
        self._do(lambda world: world.gitlab.update_merge_request(world.request, world.dana, fields))

    # --- what happens --------------------------------------------------------------------------------------

    @rule(data=st.data(), path=st.sampled_from(sorted(FILES)))
    def push(self, data, path):
        text = data.draw(FILES[path])
        self._do(lambda world: world.push({path: text}))

    @rule(data=st.data())
    def rewrite(self, data):
        files = {path: data.draw(FILES[path]) for path in ("poetry.lock", ".gitlab-ci.yml")}
        self._do(lambda world: world.gitlab.force_push(world.project, "feature", "main", files, world.dana))

    @rule()
    def finish(self):
        self._do(lambda world: world.finish())

    @rule(draft=st.booleans())
    def mark(self, draft):
        self._change(title=f"{'Draft: ' if draft else ''}Store the orders")

    @rule(silent=st.booleans())
    def label(self, silent):
        self._change(**{"add_labels" if silent else "remove_labels": [SILENT]})

    @rule()
    def close_or_reopen(self):
        self._change(state_event="close" if self.ordered.request.state == "opened" else "reopen")

    @precondition(lambda self: self.ordered.request.state == "opened")
    @rule(text=st.sampled_from((*COMMANDS, "Thanks.")))
    def say(self, text):
        self._do(lambda world: world.gitlab.comment(world.request, world.remo, text))

    # --- what is heard of it -------------------------------------------------------------------------------

    @rule(data=st.data())
    def hear(self, data):
        """Deliver some of what waits, some of it twice, in another order; a part is lost, a part comes later."""
        world = self.disordered
        events = [*self.late, *world.inbox]
        world.inbox.clear()
        order = data.draw(st.permutations(range(len(events)))) if events else []
        fates = [data.draw(st.sampled_from(("lost", "once", "twice", "later"))) for _ in order]
        self.late = [events[at] for at, fate in zip(order, fates, strict=True) if fate == "later"]
        times = {"once": 1, "twice": 2}
        for at, fate in zip(order, fates, strict=True):
            for _ in range(times.get(fate, 0)):
                self._run(world.deliver(*events[at]))

    @rule()
    def renew_memory(self):
        """The bot's memory is cheap to lose."""
        self.disordered.memory.values.clear()
        self.disordered.known.clear()

    @precondition(lambda self: self.ordered.request.state == "opened")
    @rule()
    def sweep(self):
        """After sweeps, with nothing heard meanwhile, both are alike, unless the bot may not act just now."""
        self.late.clear()
        for world, heard in ((self.ordered, list), (self.disordered, nothing)):
            for _ in range(4):
                world.finish()
                self._run(world.settle(heard))
                self._run(world.sweep(heard))
        request = self.ordered.request
        if not request.draft and SILENT not in request.labels:
            assert seen(self.disordered) == seen(self.ordered)

    @invariant()
    def nothing_is_there_twice(self):
        for world in self.worlds:
            own = [note for note in world.request.notes if note.author is world.bot]
            assert sum(read_note(note.body) is not None for note in own) <= 1
            assert len(fixups(world)) <= 1
            answered = [mark.note for note in own if (mark := read_reply(note.body))]
            assert len(answered) == len(set(answered))

    def teardown(self):
        try:
            if self.ordered.request.state != "opened":
                self._change(state_event="reopen")
            self.label(silent=False)
            self.mark(draft=False)
            self.sweep()
        finally:
            self._run(self.stack.aclose())
            self.loop.close()


def nothing(events):
    """Every delivery is lost."""
    del events
    return []


def seen(world):
    """What counts of the state: not its history, and no numbers that GitLab gives out as things come."""
    notes = [note for note in world.request.notes if note.author is world.bot]
    past = re.compile(r"<details><summary>Before.*?</details>\n\n", re.DOTALL)
    texts = [past.sub("", note.body) for note in notes if read_note(note.body)]
    return {
        "note": [plain(text, world) for text in texts if not is_clear(text)],
        "fixups": [(request.title.startswith("Draft"), branch_file(world, request)) for request in fixups(world)],
        "threads": sorted(
            mark.fingerprint
            for note in notes
            if (mark := read_marker(KIND, note.body, ThreadMark)) and note.resolved_by is None
        ),
        "answers": sum(read_reply(note.body) is not None for note in notes),
    }


def fixups(world):
    """The bot's open merge requests."""
    return [
        request
        for request in world.project.merge_requests
        if request.source_branch.startswith("scansion/") and request.state == "opened"
    ]


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


def test_disorder_ends_as_order_does():
    run_state_machine_as_test(
        Disorder,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate],  # a failing life reads well enough; shrinking takes minutes
        ),
    )
