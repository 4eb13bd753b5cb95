"""Secrets planted all over: none stands in anything that the bot writes, logs or answers."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

from aiohttp import ClientSession

from bot.shell.sandbox.demo_projects import open_ledger_request, seed
from bot.shell.sandbox.sandbox import Sandbox
from bot.shell.sandbox.state import JobRun, MergeRequest
from tests.e2e.bot_here import BotHere, bot_here
from tests.planted import SIGNING_TOKEN

OF_THE_BOT = {
    "the bot's token": "made-up-bot-token-Zk41Qr",
    "the webhook token": "made-up-hook-token-Vw93Lp",
    "the signing token": SIGNING_TOKEN,
    "the password of the operations page": "made-up-ops-word-Hd27Xs",
}
OF_THE_PROJECT = {
    "a password in the CI file": "Xy7Q-MadeUpInCi-9f31",
    "a token in the CI file": "glpat-MadeUpInTheCiFile00001",
    "a login in the job log": "MadeUpInLog-5Tb8Nc",
    "a token in the job log": "glpat-MadeUpInTheJobLog00002",
}
OF_A_COMMENT = {"a token in a comment": "glpat-MadeUpInTheComment0003"}
OF_A_BRANCH = {"a token in a branch name": "glpat-MadeUpInTheBranch00004"}
CI = f"""
  - poetry config http-basic.internal deploy {OF_THE_PROJECT["a password in the CI file"]}
  - 'curl --header "PRIVATE-TOKEN: {OF_THE_PROJECT["a token in the CI file"]}" https://gitlab.example.com/api/v4/user'
"""
INDEX = f"https://bob:{OF_THE_PROJECT['a login in the job log']}@pypi.example.com/simple"
LOG = f"""$ pip install --index-url {INDEX} demo
Looking in indexes: {INDEX}
$ export DEPLOY={OF_THE_PROJECT["a token in the job log"]}
WARNING: 401 Error, Credentials not correct for {INDEX}/demo/ with {OF_THE_PROJECT["a token in the job log"]}
ERROR: Could not find a version that satisfies the requirement demo (from versions: none)
ERROR: No matching distribution found for demo
ERROR: Job failed: exit code 1
"""


async def _life(bot: BotHere) -> MergeRequest:
    """A review with a fix-up, failing pipelines, questions of a person, and a branch named after a token."""
    demo, gitlab = bot.demo, bot.demo.gitlab
    ci = demo.ledger.repository.resolve("HEAD").tree[".gitlab-ci.yml"].decode()
    leaky = {".gitlab-ci.yml": ci.replace("\n  - poetry install", CI + "  - poetry install", 1)}
    gitlab.push(demo.ledger, "month", leaky, "Use the internal index", demo.mira)
    request = open_ledger_request(demo)
    await bot.rest()
    gitlab.run_pipeline(
        demo.ledger, "month", demo.mira, [JobRun("test", "test", "failed", LOG.encode(), "script_failure")]
    )
    await bot.rest()
    for word in ("fix", "explain", "ignore", "diagnose", "retry", ""):
        gitlab.comment(request, demo.mira, f"/scansion {word} {OF_A_COMMENT['a token in a comment']}")
        await bot.rest()
    gitlab.comment(request, demo.mira, "/scansion fix")
    await bot.rest()
    open_ledger_request(demo, f"try-{OF_A_BRANCH['a token in a branch name']}")
    await bot.rest()
    return request


async def _answers(bot: BotHere) -> str:
    """The pages and answers that anybody, or the operator, gets."""
    login = b64encode(f"ops:{OF_THE_BOT['the password of the operations page']}".encode()).decode()
    texts = []
    async with ClientSession() as session:
        for path in ("/", "/metrics", "/healthz", "/readyz", "/nothing"):
            async with session.get(bot.address + path, headers={"Authorization": f"Basic {login}"}) as answer:
                texts.append(await answer.text())
        forged = {"X-Gitlab-Token": OF_THE_BOT["the webhook token"] + "x", "X-Gitlab-Event": "Push Hook"}
        for body in (b"{", b"{}", SIGNING_TOKEN.encode()):
            async with session.post(bot.address + "/webhook", data=body, headers=forged) as answer:
                texts.append(f"{answer.headers} {await answer.text()}")
    return "\n".join(texts)


def _written(bot: BotHere) -> str:
    """Everything that the bot left on GitLab but the lines of a person's file that it did not change."""
    gitlab, texts = bot.demo.gitlab, []
    for request in bot.demo.ledger.merge_requests:
        texts += [note.body for note in gitlab.notes_of(request, bot.demo.bot)]
        if request.author is bot.demo.bot:
            texts += [request.title, request.description]
    commits = bot.demo.ledger.repository.commits.values()
    texts += [commit.message for commit in commits if "scansion" in str(commit.author).lower()]
    return "\n".join(texts)


def _store(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("scansion.db*")))


def _found(secrets: dict[str, str], text: str) -> list[str]:
    return [name for name, secret in secrets.items() if secret in text]


async def test_no_planted_secret_is_in_anything_that_the_bot_writes(tmp_path):
    everything = OF_THE_BOT | OF_THE_PROJECT | OF_A_COMMENT | OF_A_BRANCH
    async with Sandbox() as gitlab:
        demo = seed(gitlab)
        gitlab.create_token(demo.bot, OF_THE_BOT["the bot's token"])
        settings = {
            "gitlab_token": OF_THE_BOT["the bot's token"],
            "webhook_token": OF_THE_BOT["the webhook token"],
            "ops_password": OF_THE_BOT["the password of the operations page"],
            "log_level": "debug",
        }
        async with bot_here(demo, tmp_path, **settings) as bot:
            hook = f"{bot.address}/webhook"
            gitlab.add_hook(demo.ledger, hook, token=OF_THE_BOT["the webhook token"], signing_token=SIGNING_TOKEN)
            request = await _life(bot)
            answers, log = await _answers(bot), bot.log
        written = _written(bot)
    assert gitlab.notes_of(request, demo.bot)
    assert "hardcoded-secret" in written
    assert "work_ended" in log.getvalue()
    assert _found(everything, written) == []
    assert _found(everything, log.getvalue()) == []
    assert _found(everything, answers) == []
    kept = _store(tmp_path).decode("latin-1")
    assert _found(OF_THE_BOT | OF_THE_PROJECT, kept) == []
