"""Chat commands whose delivery never came."""

import pytest

from bot.core.render.marker import without_marker
from bot.core.render.reply import read_reply
from tests.app.life import life


@pytest.fixture
async def world():
    async with life() as world:
        world.push({"src/app.py": ""})
        world.open("Store the orders")
        await world.settle()
        yield world


def say_unheard(world, text, author=None):
    note = world.gitlab.comment(world.request, author or world.remo, text)
    world.inbox.clear()
    return note


def answers(world):
    return [without_marker(note.body) for note in world.request.notes if read_reply(note.body)]


async def test_a_command_whose_delivery_was_lost_is_answered_after_the_sweep_once(world):
    say_unheard(world, "/scansion ignore uncached-install")
    for _ in range(3):
        await world.sweep()
    assert answers(world) == ["`uncached-install` is silent on this merge request; deleting this takes it back."]
    assert not any("uncached-install` at" in note.body for note in world.request.notes)


async def test_a_command_whose_delivery_may_still_come_is_left_to_it(world):
    say_unheard(world, "/scansion ignore uncached-install")
    world.push({"src/other.py": ""})
    await world.settle()
    assert answers(world) == []


async def test_a_command_that_was_heard_while_the_merge_request_was_closed_is_answered_when_it_is_open(world):
    world.gitlab.comment(world.request, world.remo, "/scansion help")
    world.gitlab.update_merge_request(world.request, world.dana, {"state_event": "close"})
    await world.settle()
    assert answers(world) == []
    world.gitlab.update_merge_request(world.request, world.dana, {"state_event": "reopen"})
    await world.sweep()
    assert len(answers(world)) == 1


async def test_deleting_an_answer_does_not_bring_it_back(world):
    world.gitlab.comment(world.request, world.remo, "/scansion ignore uncached-install")
    await world.settle()
    [answer] = [note for note in world.request.notes if read_reply(note.body)]
    world.request.notes.remove(answer)
    for _ in range(2):
        await world.sweep()
    assert answers(world) == []


@pytest.mark.parametrize("text", ["> /scansion help", "Thanks.", "`/scansion help`"])
async def test_what_is_no_command_is_not_answered(world, text):
    say_unheard(world, text)
    await world.sweep()
    assert answers(world) == []


async def test_an_edited_comment_and_an_old_one_are_not_answered(world):
    edited = say_unheard(world, "Help?")
    world.clock.time += 60
    edited.body, edited.updated_at = "/scansion help", world.clock.time
    say_unheard(world, "/scansion status")
    world.clock.time += 2 * 86400
    await world.sweep()
    assert answers(world) == []


async def test_another_bots_command_is_not_answered(world):
    say_unheard(world, "/scansion help", world.gitlab.create_user("project_1_bot_0123abcd", bot=True))
    await world.sweep()
    assert answers(world) == []
