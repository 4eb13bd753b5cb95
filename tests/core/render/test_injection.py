"""Hostile texts in everything that the bot quotes: none acts, notifies, links or breaks the layout."""

from __future__ import annotations

import re
import unicodedata

import pytest
from markdown_it import MarkdownIt

from bot.core.diagnosis import Diagnosis, Evidence, Fault, PythonPackage, Subject
from bot.core.finding import Confidence, Finding, Location, Severity
from bot.core.fixup_plan import Step
from bot.core.render.contents import Contents, FailedJob, Failure, Links
from bot.core.render.fixup import FixupState, commit_message, describe, patch_of, step_line, title_of
from bot.core.render.inert import code, fence, prose, visible
from bot.core.render.note import render_note
from bot.core.source import SourceFile
from bot.core.span import Span
from bot.shell.sandbox.quick_actions import extract
from tests.core.render.hostile import HOSTILE

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
LINKS = Links("https://gitlab.example/group/app", "a" * 40, "https://bot.example")
LIVE = re.compile(
    r"@\w|#\d|!\d|~[\w\"]|%[\w\"]|\$\d|&\d|\^\w|\*iteration|\[\w+:\d|:[\w+]+:|://|www\.|\b[A-Za-z]+-\d|\b[0-9a-f]{7,40}\b"
    r"|\[\[|\[\^|\{\+|\[-"
)
OWN_HTML = re.compile(r"</?(?:details|summary|sub)>|<!-- scansion:[a-z]+:v1 [\w=-]* -->")
OWN_ADDRESSES = ("https://gitlab.example/", "https://bot.example/")


def failure(text: str) -> Failure:
    return Failure(
        diagnosis=Diagnosis(
            cause="missing-system-package",
            confidence=Confidence.HIGH,
            message=f"`{text}` needs {text}.",
            evidence=(Evidence(1, text), Evidence(28, f"error: {text}")),
            subject=Subject("command", text),
            python_package=PythonPackage(text, text),
            hint=text,
        ),
        jobs=(FailedJob(text, "https://gitlab.example/group/app/-/jobs/1"),),
        fault=Fault.THIS_CHANGE,
        fault_reason=f"`{text}` passes on {text}.",
    )


def note(text: str) -> str:
    """A note in which the text stands wherever a text from outside can stand."""
    finding = Finding(
        rule="uncached-install",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        message=f"`{text}` and {text} are wrong",
        location=Location(text, Span(0, 0)),
        job=text,
        subject=text,
    )
    unknown = Failure(diagnosis=None, jobs=failure(text).jobs, notable=(Evidence(3, text),))
    patch = patch_of({"a": SourceFile("a", f"x\n{text}\n")}, {"a": SourceFile("a", f"y\n{text}\n")})
    contents = Contents(
        links=LINKS,
        findings=(finding,),
        failures=(failure(text), failure(text), unknown),
        remarks=(f"The policy says {text}.", text),
        patch=patch,
    )
    return render_note(contents, None)


def shape(body: str) -> list[str]:
    """The blocks of a rendered body and the inline things that could act, in order."""
    found: list[str] = []
    for token in MARKDOWN.parse(body):
        found.append(token.type)
        found += [
            child.type for child in token.children or () if child.type not in ("text", "softbreak", "code_inline")
        ]
    return [name for name in found if name != "inline"]


def spoken(body: str) -> str:
    """The text that GitLab looks for references in: all but code."""
    texts: list[str] = []
    for token in MARKDOWN.parse(body):
        texts += [child.content for child in token.children or () if child.type == "text"]
    return "\n".join(texts)


def check_inert(body: str, calm: str) -> None:
    assert extract(body) == (body, []), "a quick action"
    assert sorted(LIVE.findall(spoken(body))) == sorted(LIVE.findall(spoken(calm))), "a reference"
    for token in MARKDOWN.parse(body):
        for part in (token, *(token.children or ())):
            if part.type in ("html_block", "html_inline"):
                assert not OWN_HTML.sub("", part.content).replace("\n", "").strip().startswith("<"), part.content
            for name in ("href", "src"):
                address = str(part.attrGet(name) or OWN_ADDRESSES[0])
                assert address.startswith(OWN_ADDRESSES), address
            assert part.type != "image"
    odd = [char for char in body if unicodedata.category(char)[0] == "C" and char != "\n"]
    assert odd == [], "an invisible character"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_note_that_quotes_it_is_inert_and_keeps_its_layout(name):
    body, calm = note(HOSTILE[name]), note("calm")
    check_inert(body, calm)
    blocks = [kind for kind in shape(body) if kind != "link_open"]
    if HOSTILE[name].strip() and len(HOSTILE[name]) < 1000:
        assert blocks == [kind for kind in shape(calm) if kind != "link_open"]
    assert body.count("\n") <= 90


@pytest.mark.parametrize("name", HOSTILE)
def test_a_fixup_that_names_it_is_inert(name):
    text = HOSTILE[name]
    step = Step("missing-system-package", f"Install {text}", f"`{text}` needs {text}.", {})
    title, message = title_of([step]), commit_message(step, "0123456789", last=True)
    state = FixupState(
        fingerprint="0", covers=(), base="", content="", pushed="", title=title, lines=(step_line(step),)
    )
    calm = describe(state, "For !1:", "").replace(
        step_line(step), step_line(Step("missing-system-package", "a", "b", {}))
    )
    check_inert(describe(state, "For !1:", ""), calm)
    for line in (title, *message.splitlines()):
        assert not re.search(r"@|#\d|!\d|<|\[", line)
        assert not line.startswith("/")


@pytest.mark.parametrize("name", HOSTILE)
def test_the_parts_are_inert_alone(name):
    text = HOSTILE[name]
    for body in (code(text), prose(text), f"- {prose(text)}", fence([f"1 | {visible(text)}"], "text")):
        check_inert(body, "")
        assert "\n" not in body or body.startswith("`")


def test_there_are_at_least_sixty():
    assert len(HOSTILE) >= 60
