"""The doctor, asked about a simulated GitLab; and what the service says when it cannot start."""

import asyncio
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bot.shell.doctor import gather, judge, judge_settings
from bot.shell.sandbox.sandbox import Sandbox
from bot.shell.sandbox.state import DEVELOPER, MAINTAINER, OWNER
from bot.shell.settings import load_settings
from tests.planted import SIGNING_TOKEN

TODAY = date(2026, 11, 23)
TOKEN = "made-up-token-for-the-doctor"


@pytest.fixture
async def gitlab():
    async with Sandbox() as gitlab:
        yield gitlab


async def examine(gitlab: Sandbox) -> list[tuple[str, str, str]]:
    settings = load_settings(gitlab_url=gitlab.url, gitlab_token=TOKEN)
    instance = await asyncio.to_thread(gather, settings, settings.gitlab_token)
    return [(check.name, check.state, check.text) for check in judge(instance, TODAY)]


def of(checks, name: str, state: str) -> list[str]:
    return [text for found, weight, text in checks if (found, weight) == (name, state)]


async def test_a_sound_setup_has_no_problem_and_no_warning(gitlab):
    bot = gitlab.create_user("group_7_bot_ab12", bot=True)
    gitlab.create_token(bot, TOKEN, expires_at="2027-06-01")
    project = gitlab.create_project("shop/ledger", members={bot: DEVELOPER})
    gitlab.add_hook(project, "https://bot.example.com/webhook", signing_token=SIGNING_TOKEN)
    assert {state for _, state, _ in await examine(gitlab)} == {"ok"}


async def test_a_maintainer_with_a_sound_hook_has_more_power_than_needed(gitlab):
    bot = gitlab.create_user("group_7_bot_ab12", bot=True)
    gitlab.create_token(bot, TOKEN, expires_at="2027-06-01")
    for name in ("ledger", "metrum"):
        project = gitlab.create_project(f"shop/{name}", members={bot: MAINTAINER})
    gitlab.add_hook(project, "https://bot.example.com/webhook", signing_token=SIGNING_TOKEN)
    checks = await examine(gitlab)
    maintainer = (
        "the bot is Maintainer of `shop/ledger`, `shop/metrum`: once the hook is there, Developer is enough"
    )
    assert of(checks, "projects", "warning") == [maintainer]
    assert of(checks, "hooks", "warning") == [
        "no hook that ends in /webhook in `shop/ledger` (a group's hook may serve them)"
    ]


def test_secrets_that_can_be_guessed_or_read_on_the_way_are_told():
    weak = load_settings(gitlab_url="http://gitlab.example.com", webhook_token="made-up-12")
    assert [check.text.split(":")[0] for check in judge_settings(weak)] == [
        "`gitlab_url` begins with http",
        "the webhook's secret token has 10 characters and can be guessed",
    ]
    assert list(judge_settings(load_settings(webhook_token="made-up-and-long-enough"))) == []


def test_a_user_without_a_name_and_a_home_is_no_fault_of_ours(tmp_path):
    """Container platforms run images as any number."""
    nobody = "import pwd, sys; pwd.getpwuid = {}.__getitem__; sys.argv = ['', 'doctor']"
    settings = {
        "SCANSION_STORE_URL": f"sqlite://{tmp_path}/s.db",
        "SCANSION_GITLAB_TOKEN": TOKEN,
        "SCANSION_GITLAB_URL": "http://127.0.0.1:9",
    }
    ended = subprocess.run(
        [sys.executable, "-c", f"{nobody}; from bot.shell.cli import main; main()"],
        env=settings,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1, ended.stderr
    assert "gitlab" in ended.stdout


async def test_every_token_is_looked_at(gitlab, tmp_path):
    for name, role, scopes in (("one", DEVELOPER, ("api",)), ("other", OWNER, ("api", "sudo"))):
        bot = gitlab.create_user(name, bot=True)
        gitlab.create_token(bot, f"made-up-token-{name}", scopes=scopes, expires_at="2999-06-01")
        gitlab.create_project(f"grp/{name}", members={bot: role})
    tokens = {"grp/other": "made-up-token-other", "grp/gone": "made-up-token-gone"}
    ended = await asyncio.to_thread(
        scansion,
        "doctor",
        home=str(tmp_path),
        SCANSION_GITLAB_URL=gitlab.url,
        SCANSION_GITLAB_TOKEN="made-up-token-one",
        SCANSION_GITLAB_TOKENS=json.dumps(tokens),
        SCANSION_WEBHOOK_SIGNING_TOKEN=SIGNING_TOKEN,
    )
    assert ended.returncode == 1
    assert "`grp/other`: the token can do more than is needed: sudo" in ended.stdout
    assert "`grp/other`: the bot is Owner of `grp/other`: Developer is enough" in ended.stdout
    assert "`grp/gone`: GitLab answered 401" in ended.stdout


async def test_too_much_power_and_a_token_that_ends_are_told(gitlab):
    person = gitlab.create_user("mira", admin=True)
    gitlab.create_token(person, TOKEN, scopes=("api", "sudo"), expires_at="2026-12-01")
    gitlab.create_project("shop/ledger", members={person: OWNER})
    checks = await examine(gitlab)
    assert of(checks, "user", "problem") == ["`mira` is an administrator: use a project or group access token"]
    assert of(checks, "token", "warning") == [
        "the token can do more than is needed: sudo",
        "the token ends on 2026-12-01, in 8 days",
    ]
    assert of(checks, "projects", "warning") == ["the bot is Owner of `shop/ledger`: Developer is enough"]


async def test_a_token_that_can_only_read_is_a_problem(gitlab):
    bot = gitlab.create_user("bot", bot=True)
    gitlab.create_token(bot, TOKEN, scopes=("read_api",), expires_at="2027-06-01")
    gitlab.create_project("shop/ledger", members={bot: DEVELOPER})
    assert of(await examine(gitlab), "token", "problem") == [
        "the token lacks the scope `api`: the bot can read but write no note"
    ]


async def test_a_hook_without_secret_and_without_comments_is_a_problem(gitlab):
    bot = gitlab.create_user("bot", bot=True)
    gitlab.create_token(bot, TOKEN, expires_at="2027-06-01")
    project = gitlab.create_project("shop/ledger", members={bot: MAINTAINER})
    events = frozenset({"merge_requests_events", "pipeline_events"})
    gitlab.add_hook(project, "https://bot.example.com/webhook", events=events)
    assert of(await examine(gitlab), "hooks", "problem") == [
        "the hook of `shop/ledger` does not send note_events",
        "the hook of `shop/ledger` has no secret: its events are refused",
    ]


def scansion(*arguments: str, home: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {"HOME": home, "PATH": os.environ["PATH"], **settings}
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_serve_without_a_secret_says_so_in_one_line(tmp_path):
    ended = scansion("serve", home=str(tmp_path), SCANSION_GITLAB_TOKEN=TOKEN)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "SCANSION_WEBHOOK_SIGNING_TOKEN" in ended.stderr


def test_serve_without_a_token_says_so_in_one_line(tmp_path):
    ended = scansion("serve", home=str(tmp_path), SCANSION_WEBHOOK_TOKEN="made-up-secret")
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "SCANSION_GITLAB_TOKEN" in ended.stderr


def test_an_unreachable_gitlab_is_a_problem_of_one_line(tmp_path):
    ended = scansion(
        "doctor",
        "--no-color",
        home=str(tmp_path),
        SCANSION_GITLAB_URL="http://127.0.0.1:9",
        SCANSION_GITLAB_TOKEN=TOKEN,
        SCANSION_WEBHOOK_TOKEN="made-up-secret",
    )
    assert ended.returncode == 1
    assert [line for line in ended.stdout.splitlines() if line.startswith("problem")] == [
        line for line in ended.stdout.splitlines() if "gitlab" in line
    ]
    assert TOKEN not in ended.stdout + ended.stderr


async def test_a_wrong_token_is_a_problem_and_not_repeated_to_the_screen(gitlab, tmp_path):
    ended = await asyncio.to_thread(
        scansion,
        "doctor",
        home=str(tmp_path),
        SCANSION_GITLAB_URL=gitlab.url,
        SCANSION_GITLAB_TOKEN=TOKEN,
        SCANSION_WEBHOOK_TOKEN="made-up-secret",
    )
    assert ended.returncode == 1
    assert "401" in ended.stdout
    assert TOKEN not in ended.stdout + ended.stderr


def test_the_queue_of_a_new_store_is_empty(tmp_path):
    ended = scansion("queue", "list", home=str(tmp_path))
    assert (ended.returncode, ended.stdout) == (0, "Nothing is waiting.\n")


def test_unknown_work_gets_one_line(tmp_path):
    for verb in ("show", "retry", "discard"):
        ended = scansion("queue", verb, "17", home=str(tmp_path))
        assert ended.returncode == 2
        assert ended.stderr.count("\n") == 1
