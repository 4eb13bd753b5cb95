"""The two sample projects of the demo, each with a history and a merge request whose pipeline fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

from bot.shell.sandbox.demo_runner import DemoRunner
from bot.shell.sandbox.sandbox import Sandbox
from bot.shell.sandbox.state import DEVELOPER, MAINTAINER, MergeRequest, Project, User, World

DAY_S = 24 * 60 * 60
SUFFIX = ".txt"  # so that no tool takes the samples for the bot's own code
BOT_TOKEN = "made-up-token-of-the-demo"  # noqa: S105 - opens nothing but the simulated GitLab

MONTH = '''"""What a month brought."""

from __future__ import annotations

from psycopg2.extensions import connection

from ledger.money import shown


def month(database: connection, year: int, number: int) -> str:
    """Return the sum of a month's bookings as text."""
    with database, database.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(cents), 0) FROM booking "
            "WHERE date_trunc('month', booked_at) = make_date(%s, %s, 1)",
            (year, number),
        )
        return shown(int(cursor.fetchone()[0]))
'''
REST = '''

def is_masculine(line: str) -> bool:
    """Whether a line ends on a stressed syllable."""
    return sum(syllables(word) for word in line.split()) % SYLLABLES_OF_A_FOOT == 0
'''


@dataclass(frozen=True, kw_only=True)
class Demo:
    """The sample projects, the people in them and the bot."""

    gitlab: Sandbox
    bot: User
    mira: User
    jonas: User
    ledger: Project
    metrum: Project


def seed(gitlab: Sandbox) -> Demo:
    """Make people, the bot with its token, and both projects with their histories."""
    gitlab.world.runner = DemoRunner(gitlab.world)
    mira = gitlab.create_user("mira", "Mira Okafor")
    jonas = gitlab.create_user("jonas", "Jonas Lind")
    bot = gitlab.create_user("scansion", "Scansion", bot=True)
    gitlab.create_token(bot, BOT_TOKEN)
    members = {mira: MAINTAINER, jonas: MAINTAINER, bot: DEVELOPER}
    with _days_ago(gitlab.world, 30):
        ledger = gitlab.create_project("shop/ledger", members=members)
        metrum = gitlab.create_project("shop/metrum", members=members)
    demo = Demo(gitlab=gitlab, bot=bot, mira=mira, jonas=jonas, ledger=ledger, metrum=metrum)
    _ledger_history(demo)
    _metrum_history(demo)
    return demo


def open_ledger_request(demo: Demo, branch: str = "month") -> MergeRequest:
    """Push a feature and open its merge request: its job cannot build `psycopg2`."""
    files = {"src/ledger/month.py": MONTH}
    demo.gitlab.push(demo.ledger, branch, files, "Report what a month brought", demo.mira)
    text = "The shop wants to see each month's sum.\n\nCloses #12"
    return demo.gitlab.open_merge_request(
        demo.ledger, demo.mira, branch, "Report what a month brought", description=text
    )


def open_metrum_request(demo: Demo, branch: str = "line-ends") -> MergeRequest:
    """Push a feature and open its merge request: it publishes a version that is there already."""
    old = _files("metrum")["src/metrum/__init__.py"]
    files = {"src/metrum/__init__.py": old + REST.encode()}
    demo.gitlab.push(demo.metrum, branch, files, "Tell masculine line ends", demo.jonas)
    return demo.gitlab.open_merge_request(
        demo.metrum,
        demo.jonas,
        branch,
        "Tell masculine line ends",
        description="Needed for the sonnet checker.",
    )


def _ledger_history(demo: Demo) -> None:
    files = _files("ledger")
    slim = files.pop(".gitlab-ci.yml")
    full = slim.replace(b"-slim", b"")
    database = {path: files.pop(path) for path in ("src/ledger/store.py", "tests/test_store.py")}
    _push(demo, (demo.ledger, demo.mira), 23, files, "Keep amounts in cents")
    _push(demo, (demo.ledger, demo.mira), 21, database, "Keep the bookings in PostgreSQL")
    _push(demo, (demo.ledger, demo.jonas), 20, {".gitlab-ci.yml": full}, "Test every push and publish from main")
    _push(demo, (demo.ledger, demo.jonas), 12, {".gitlab-ci.yml": slim}, "Use the slim image: jobs start faster")


def _metrum_history(demo: Demo) -> None:
    files = _files("metrum")
    ci = files.pop(".gitlab-ci.yml")
    _push(demo, (demo.metrum, demo.jonas), 9, files, "Count feet and syllables")
    _push(demo, (demo.metrum, demo.jonas), 8, {".gitlab-ci.yml": ci}, "Test on three Pythons")


def _push(demo: Demo, where: tuple[Project, User], days_ago: int, files: dict[str, bytes], message: str) -> None:
    """Push to main as somebody did days ago."""
    project, author = where
    with _days_ago(demo.gitlab.world, days_ago):
        demo.gitlab.push(project, "main", files, message, author)


@contextmanager
def _days_ago(world: World, days: int) -> Iterator[None]:
    clock = world.clock
    world.clock = lambda: clock() - days * DAY_S
    yield
    world.clock = clock


def _files(project: str) -> dict[str, bytes]:
    folder = resources.files("bot.shell.sandbox") / "demo" / project
    return dict(_walk(folder, ""))


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name.removesuffix(SUFFIX), entry.read_bytes()
