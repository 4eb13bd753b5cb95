"""Hostile words in commands, job names, branch names, file contents and logs, on the way through the use cases."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.app.reconcile import reconcile
from bot.app.work import command
from bot.shell.sandbox.quick_actions import extract
from tests.app.world import CI, NEEDS_LIBPQ, World
from tests.core.render.hostile import HOSTILE
from tests.core.render.test_injection import LIVE, OWN_HTML, spoken
from tests.fakes import BOT, DEVELOPER

COMMANDS = ("ignore uncached-install", "fix", "bump", "explain", "diagnose", "retry", "")
SHORT = {name: text for name, text in HOSTILE.items() if text.strip() and len(text) < 1000}
OWN = re.compile(r"!\d")  # the bot's own words name merge requests


def written(world):
    """Everything that the bot wrote on GitLab."""
    notes = [note.body for note in world.forge.notes(1) if note.author.id == BOT.id]
    fixups = [text for item in world.fixups() for text in (item.title, item.description)]
    return notes + fixups


def assert_inert(body):
    assert extract(body) == (body, [])
    assert [found for found in LIVE.findall(spoken(body)) if not OWN.fullmatch(found)] == []
    assert "<" not in re.sub(r"\(<[^>\s]*>\)|`[^`]*`", "", OWN_HTML.sub("", without_code(body)))


def without_code(body):
    """The body without fenced blocks and code spans of several backticks."""
    body = re.sub(r"^(`{3,})[^\n]*\n.*?^\1$", "", body, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"(`{2,})(?!`).*?(?<!`)\1(?!`)", "", body)


@pytest.mark.parametrize("name", SHORT)
async def test_an_answer_to_hostile_words_is_inert(name):
    world = World(choices={"commands_per_hour": 1000}).with_project().with_request({"a.py": ""})
    for number, word in enumerate(COMMANDS):
        note = world.forge.write(1, f"/scansion {word} {' '.join(SHORT[name].split())}", DEVELOPER)
        payload = {"project_id": 7, "iid": 1, "note_id": note.id, "author_id": 2, "discussion_id": ""}
        await command.run(payload, world.services)
        assert len(world.forge.awards) <= number + 1
    for body in written(world):
        assert_inert(body)


@pytest.mark.parametrize("name", SHORT)
async def test_hostile_names_and_logs_are_inert_in_all_that_is_written(name):
    text = SHORT[name]
    world = World().with_project().with_request({"a.py": ""}, title=text, description=text)
    world.forge.change_request(1, source_project_id=8)
    world.forge.run_pipeline(
        "feature", "failed", {text: NEEDS_LIBPQ.replace("libpq-dev", text), "b": f"x\n{text}\nERROR: Job failed"}
    )
    await reconcile(world.services, 7, 1)
    assert world.note() is not None
    for body in written(world):
        assert_inert(body)


@pytest.mark.parametrize("name", SHORT)
async def test_a_thread_about_a_failure_with_hostile_words_is_inert(name):
    text = SHORT[name]
    world = World().with_project().with_request({".gitlab-ci.yml": CI.replace("run pytest", "run pytest -x")})
    world.forge.run_pipeline("feature", "failed", {text: NEEDS_LIBPQ.replace("libpq-dev", text)})
    await reconcile(world.services, 7, 1)
    assert any("scansion:thread" in body for body in written(world))
    for body in written(world):
        assert_inert(body)


@pytest.mark.parametrize("name", SHORT)
async def test_gitlabs_words_about_a_hostile_ci_file_are_inert(name):
    world = World().with_project().with_request({"a.py": ""})
    pipeline = world.forge.run_pipeline("feature", "failed")
    world.forge.runs[pipeline] = replace(world.forge.runs[pipeline], yaml_errors=f"jobs:{SHORT[name]} config")
    await reconcile(world.services, 7, 1)
    assert "GitLab makes no pipeline" in world.note().body
    for body in written(world):
        assert_inert(body)
