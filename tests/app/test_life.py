"""The life of one merge request in forty events, told as a story in a golden file."""

from pathlib import Path

from bot.shell.sandbox.comments import OnlyCommands
from bot.shell.sandbox.pushes import delete_branch
from tests.app.life import life
from tests.app.world import CI, PYPROJECT
from tests.golden import compare

GOLDEN = Path(__file__).parent / "golden" / "life.md"
LOCK = 'name = "psycopg2"\n'
BUMPED = PYPROJECT.replace("0.1.0", "0.1.1")
DESCRIBED = PYPROJECT + 'description = "Orders"\n'


class Story:
    """Plays events and writes down what the bot did after each."""

    def __init__(self, life):
        self.life, self.lines, self.before, self.number = life, ["# The life of a merge request", ""], {}, 0

    async def tell(self, what, *, quiet=None):
        self.number += 1
        await self.life.settle()
        writes = self.life.writes()
        assert len(writes) == len(set(writes)), f"{what}: written twice: {writes}"
        state = self.life.state()
        changed = {name: text for name, text in state.items() if self.before.get(name) != text}
        gone = [name for name in self.before if name not in state]
        self.lines += [f"## {self.number}. {what}", ""]
        self.lines += [f"Gone: {name}", ""] if (name := ", ".join(gone)) else []
        for name, text in changed.items():
            self.lines += [f"**{name}**", "", *(f"> {line}".rstrip() for line in text.splitlines()), ""]
        if not changed and not gone:
            assert writes == [] or quiet == "reads on"
            self.lines += ["Nothing is written.", ""]
        self.before = state
        for headers, body in self.life.delivered[-3:]:  # a webhook that comes again changes nothing
            self.life.known.clear()
            await self.life.deliver(headers, body)
        await self.life.settle()
        assert self.life.writes() == [], f"{what}: written again"
        self.life.delivered.clear()

    @property
    def text(self):
        return "\n".join(self.lines)

    @property
    def fixup(self):
        """The newest fix-up."""
        own = [r for r in self.life.project.merge_requests if r.source_branch.startswith("scansion/")]
        return own[-1]

    def say(self, author, text):
        return self.life.gitlab.comment(self.life.request, author, text)

    def change(self, request=None, **fields):
        self.life.gitlab.update_merge_request(request or self.life.request, self.life.dana, fields)

    def push(self, files):
        self.life.push(files)
        self.life.finish()


async def opening(story):
    life = story.life
    story.push({"src/app.py": "print()\n", "poetry.lock": LOCK})
    await life.settle()
    life.writes()
    life.open()
    await story.tell("Dana opens a merge request: her branch locks psycopg2")
    life.finish()
    await story.tell("The fix-up's first pipeline fails for the next missing thing")
    life.finish()
    await story.tell("The fix-up's second pipeline is green")
    life.push({"src/app.py": "print(1)\n"})
    await story.tell("Dana pushes something else")
    life.finish()
    await story.tell("Her pipeline fails as before")


async def talk(story):
    dana, remo = story.life.dana, story.life.remo
    story.say(dana, "Thanks, I will look at it.")
    await story.tell("Dana says thanks")
    story.say(remo, "/scansion help")
    await story.tell("Remo asks for help")
    story.say(remo, "> /scansion fix\n\nWhat does that do?")
    await story.tell("Remo quotes a command")
    story.say(remo, "/scansion ignore uncached-install we cache elsewhere")
    await story.tell("Remo silences a rule")
    story.say(remo, "/scansion status")
    await story.tell("Remo asks how it stands")
    story.say(remo, "/scansion dance")
    await story.tell("Remo asks for what there is not")


async def repair(story):
    life = story.life
    story.change(title="Draft: Store the orders in PostgreSQL")
    await story.tell("Dana marks it as a draft")
    story.change(title="Store the orders in PostgreSQL")
    await story.tell("Dana marks it as ready")
    life.gitlab.merge(story.fixup, life.dana)
    await story.tell("Dana merges the fix-up")
    life.finish()
    await story.tell("Her pipeline is green")


async def suggestions(story):
    life = story.life
    life.push({"pyproject.toml": DESCRIBED})
    await story.tell("Dana touches pyproject.toml, whose version is taken")
    life.finish()
    await story.tell("The pipeline is green all the same")
    story.push({"pyproject.toml": DESCRIBED.replace("0.1.0", "0.1.1")})
    await story.tell("Dana takes the suggestion's version")
    story.push({"pyproject.toml": DESCRIBED})
    await story.tell("Dana takes it back")
    thread = next(n for n in life.request.notes if "scansion:thread" in n.body)
    life.gitlab.reply(life.request, life.dana, thread, "We bump it in the release.")
    await story.tell("Dana answers in the thread")
    story.push({"pyproject.toml": DESCRIBED.replace("0.1.0", "0.2.0")})
    await story.tell("Dana takes another version")


async def silence(story):
    life = story.life
    story.change(add_labels=["scansion::silent"])
    await story.tell("Dana silences the bot with a label")
    story.push({".gitlab-ci.yml": CI})
    await story.tell("Dana breaks the pipeline while the bot is silent")
    story.change(remove_labels=["scansion::silent"])
    await story.tell("Dana takes the label off")
    life.finish()
    await story.tell("The new fix-up's pipeline fails for the next missing thing")


async def refusal(story):
    life = story.life
    story.change(story.fixup, state_event="close")
    delete_branch(life.gitlab.world, life.project, life.dana, story.fixup.source_branch)
    life.finish()
    await story.tell("Dana closes the fix-up: no")
    story.push({"README.md": "More\n"})
    await story.tell("Dana pushes something else once more")
    story.say(life.remo, "/scansion fix")
    await story.tell("Remo asks for the fix after all")
    files = {"README.md": "By Dana\n"}
    life.gitlab.push(life.project, story.fixup.source_branch, files, "A commit of mine", life.dana)
    await story.tell("Dana commits to the fix-up's branch")
    life.finish()
    await story.tell("Its pipeline ends")


async def new_user(story):
    life = story.life
    life.renew_token()
    await story.tell("The bot's token is renewed: it is another user now")
    story.push({".gitlab-ci.yml": CI.replace("pytest", "pytest -q")})
    await story.tell("Dana changes the CI file")
    life.gitlab.force_push(life.project, "feature", "main", {"src/other.py": "", "poetry.lock": LOCK}, life.dana)
    life.finish()
    await story.tell("Dana rewrites her branch")


async def ending(story):
    life = story.life
    life.gitlab.push(life.project, "release", {}, "Start a release", life.dana)
    story.change(target_branch="release")
    await story.tell("Dana changes the target branch")
    story.change(state_event="close")
    await story.tell("Dana closes the merge request")
    story.change(state_event="reopen")
    await story.tell("Dana opens it again")
    story.push({"poetry.lock": "", "pyproject.toml": BUMPED})
    await story.tell("Dana drops psycopg2 and takes a free version")
    story.say(life.remo, "/scansion check")
    await story.tell("Remo asks for another look")
    assert isinstance(story.say(life.dana, "/close"), OnlyCommands)
    story.change(state_event="reopen")
    await story.tell("Dana closes it by a quick action and opens it again")
    life.gitlab.merge(life.request, life.dana)
    await story.tell("Dana merges it")


async def test_forty_events_leave_one_note_and_read_as_accepted():
    async with life() as world:
        story = Story(world)
        for act in (opening, talk, repair, suggestions, silence, refusal, new_user, ending):
            await act(story)
        notes = [n for n in world.request.notes if n.author in world.bots and "scansion:note" in n.body]
        assert len(notes) == 1
        assert story.number == 40
        compare(GOLDEN, story.text + "\n")
