"""`scansion survey`: many projects in one table, from checkouts or from the simulated GitLab."""

from __future__ import annotations

import asyncio
import json

import pytest

from bot.shell.cli import run_command
from tests.worlds import BOT_TOKEN, world

__all__ = ["world"]

BAD = "test:\n  image: python:3.12-slim\n  script:\n    - pip install poetry\n    - poetry install\n"
GOOD = "test:\n  image: python:3.12-slim\n  script:\n    - pip install poetry==2.1.4\n    - poetry --version\n"
PLAIN = "test:\n  script: [make]\n"


@pytest.fixture
def checkouts(tmp_path):
    for name, text in {"a/bad": BAD, "good": GOOD, "plain": PLAIN, ".hidden/bad": BAD}.items():
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / ".gitlab-ci.yml").write_text(text)
    return tmp_path


def run(capsys, *arguments):
    status = run_command(["survey", *map(str, arguments)])
    return status, *capsys.readouterr()


def test_a_folder_of_checkouts_gives_a_line_for_each_project_with_poetry(checkouts, capsys):
    status, out, _ = run(capsys, checkouts, "--no-color")
    rows = [line.split() for line in out.splitlines()]
    assert status == 1
    assert [row[0] for row in rows[1:3]] == ["a/bad", "good"]
    assert "1 of 2 projects have findings. 1 without Poetry were left out." in out
    assert ["1", "unpinned-poetry"] in rows


def test_the_page_holds_every_finding_and_nothing_of_a_project_as_markup(checkouts, tmp_path, capsys):
    evil = checkouts / "<b>evil"
    evil.mkdir()
    (evil / ".gitlab-ci.yml").write_text(BAD.replace("test:", '"<script>":'))
    page = tmp_path / "report.html"
    run(capsys, checkouts, "--html", page)
    html = page.read_text()
    assert "unpinned-poetry" in html
    assert ".gitlab-ci.yml:4" in html
    assert "&lt;b&gt;evil" in html
    assert "<script>" not in html
    assert "<b>" not in html


def test_json_holds_what_check_says_of_each(checkouts, capsys):
    _, out, _ = run(capsys, checkouts, "--format", "json")
    first, second = json.loads(out)["projects"]
    assert (first["project"], second["project"], second["findings"]) == ("a/bad", "good", [])
    assert "unpinned-poetry" in {finding["rule"] for finding in first["findings"]}


def test_a_page_that_cannot_be_written_is_said_in_one_line(checkouts, capsys):
    status, _, err = run(capsys, checkouts, "--html", checkouts / "none/report.html")
    assert status == 2
    assert err.startswith("scansion: ")
    assert err.count("\n") == 1


def test_a_folder_without_pipelines_is_wrong_use(tmp_path, capsys):
    assert run(capsys, tmp_path)[0] == 2


@pytest.fixture
def settings(world, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCANSION_GITLAB_URL", world.gitlab.url)
    monkeypatch.setenv("SCANSION_GITLAB_TOKEN", BOT_TOKEN)


@pytest.mark.usefixtures("settings")
async def test_a_group_is_read_from_gitlab(world, capsys):
    elsewhere = world.gitlab.create_project("other/tale", members={world.bot: 30})
    world.gitlab.push(elsewhere, "main", {".gitlab-ci.yml": BAD}, "Start", world.dev)
    status, out, _ = await asyncio.to_thread(run, capsys, "grp", "--no-color")
    assert status == 1
    assert "grp/verse" in out
    assert "other/tale" not in out
    assert "missing-poetry" in out


@pytest.mark.usefixtures("settings")
async def test_a_group_without_the_bot_is_said(capsys):
    status, _, err = await asyncio.to_thread(run, capsys, "gr")
    assert status == 2
    assert "`gr` is no folder" in err
