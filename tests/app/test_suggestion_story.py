"""A failure that is cured by suggestions alone, as the author of the merge request lives through it."""

from bot.core.render.marker import without_marker
from bot.core.render.note import read_note
from bot.shell.sandbox import suggestions
from tests.app.life import life
from tests.app.world import CI

LONGER = CI.replace("poetry run pytest", "poetry run pytest -x")


def threads(world):
    return [note for note in world.request.notes if "**`test` failed**" in note.body]


def note(world):
    [found] = [note for note in world.request.notes if read_note(note.body)]
    return without_marker(found.body)


def click(world, thread):
    """Apply the suggestion of a thread, as the button does."""
    [suggestion] = thread.suggestions
    tree = world.project.repository.commits[world.request.sha].tree
    assert suggestion.from_content in tree[suggestion.path].decode(), "the suggestion fits the branch"
    world.push({suggestion.path: suggestions.applied(tree[suggestion.path], suggestion).decode()})


async def test_two_clicks_cure_what_lacks_two_things():
    async with life() as world:
        world.push({".gitlab-ci.yml": LONGER, "poetry.lock": 'name = "psycopg2"\n'})
        world.open()
        world.finish()
        await world.settle()
        [first] = threads(world)
        assert "install -y libpq-dev" in first.body
        click(world, first)
        await world.settle()
        world.finish()
        await world.settle()
        assert first.resolved_by is world.bot
        _, second = threads(world)
        assert "install -y gcc" in second.body
        click(world, second)
        world.finish()
        await world.settle()
        assert second.resolved_by is world.bot
        assert "test` failed" not in note(world).split("<details>")[0]
        assert [request.iid for request in world.project.merge_requests] == [world.request.iid], "no fix-up"
