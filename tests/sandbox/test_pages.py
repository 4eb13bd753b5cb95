"""Pages and Markdown of the simulated GitLab: everything is shown, nothing of it runs."""

from __future__ import annotations

import pytest

from bot.shell.sandbox.diff import changes
from bot.shell.sandbox.markdown import mentions, references, render
from bot.shell.sandbox.pages.log_lines import lines_of
from bot.shell.sandbox.state import JobRun


async def page(world, path):
    async with world.session.get(world.gitlab.url + path) as answer:
        return answer.status, await answer.text()


async def test_merge_request_page_shows_notes_diff_and_pipelines(world):
    request = world.gitlab.open_merge_request(world.project, world.dev, "feature", "Bump <b>")
    world.gitlab.comment(request, world.bot, "**Found** `pg_config`")
    status, text = await page(world, f"/grp/verse/-/merge_requests/{request.iid}")
    assert status == 200
    assert "<strong>Found</strong> <code>pg_config</code>" in text
    assert "+version = &#34;0.2.0&#34;" in text
    assert "Bump &lt;b&gt;" in text


async def test_every_page_opens(world):
    pipeline = world.gitlab.run_pipeline(
        world.project, "main", world.dev, [JobRun("test", trace=b"\x1b[31;1mred")]
    )
    world.gitlab.publish(world.project, "verse", "0.1.0")
    sha = world.project.repository.branches["main"]
    job = pipeline.jobs[0].id
    for path in ("", f"-/jobs/{job}", f"-/pipelines/{pipeline.id}", f"-/commit/{sha}", "-/packages/3"):
        assert (await page(world, f"/grp/verse/{path}"))[0] == 200
    assert (await page(world, "/"))[0] == 200


@pytest.mark.parametrize("path", ["/none", "/grp/verse/-/merge_requests/9", "/grp/verse/-/jobs/1"])
async def test_page_of_nothing_is_not_found(world, path):
    assert (await page(world, path))[0] == 404


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "<details open onclick=x>",
        "![p](http://elsewhere.example/p.png)",
        "`<iframe>`",
        "<style>*{}</style>",
    ],
)
def test_hostile_markdown_stays_text(text):
    html = render(text)
    assert not any(
        mark in html for mark in ("<script", "<img", "<iframe", "<style", 'href="javascript', "<details open")
    )


def test_comments_are_hidden_and_folding_works():
    html = render("<!-- scansion:note -->\n<details><summary>More</summary>\n\ntext\n\n</details>")
    assert "scansion:note" not in html
    assert "<details><summary>More</summary>" in html


def test_mentions_and_references_count_only_outside_of_code():
    text = (
        "@dev1 see #12, !3\n\n`@all` and\n```\n@everyone !9\n```\n[@link](http://x.example/@path) mail@example.com"
    )
    assert (mentions(text), references(text)) == (["dev1"], ["#12", "!3"])


def test_log_shows_neither_timestamps_nor_section_marks():
    trace = (
        b"2026-01-16T06:00:07.130000Z 00O section_start:1:step\r\x1b[0K\x1b[36;1mStep\x1b[0;m\n"
        b"2026-01-16T06:00:07.130000Z 01O 10%\r100%\n"
        b"2026-01-16T06:00:07.130000Z 00O section_end:1:step\r\x1b[0K\nplain"
    )
    shown = [(line.number, line.pieces) for line in lines_of(trace)]
    assert shown == [(1, (("cyan", "Step"),)), (2, (("", "100%"),)), (4, (("", "plain"),))]


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ({}, {"a": b"x\n"}, "@@ -0,0 +1 @@\n+x\n"),
        ({"a": b"x\n"}, {}, "@@ -1 +0,0 @@\n-x\n"),
        ({"a": b"x"}, {"a": b"x\n"}, "@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+x\n"),
        ({"a": b"\0"}, {"a": b"\1\0"}, "Binary files a/a and b/a differ\n"),
    ],
)
def test_diff_is_what_git_prints(old, new, text):
    assert [change.text for change in changes(old, new)] == [text]
