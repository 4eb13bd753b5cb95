"""Reading chat commands."""

import pytest

from bot.core.chat import read_command

KNOWN = {"help", "fix", "check"}


def read(text):
    found = read_command(text, "scansion-bot", KNOWN)
    return (found.name, *found.words) if found else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/scansion fix", ("fix",)),
        ("/scansion", ("help",)),
        ("/SCANSION Fix uncached-install", ("fix", "uncached-install")),
        ("Thanks.\n\n/scansion fix a b\n-- \nDana", ("fix", "a", "b")),
        ("@scansion-bot fix", ("fix",)),
        ("@Scansion-Bot check", ("check",)),
        ("/scansion fix\r\n", ("fix",)),
        ("/scansion dance", ("dance",)),
        ("```\ncode\n```\n/scansion fix", ("fix",)),
        ("<!-- a --> b\n/scansion fix", ("fix",)),
        (">>>\nquoted\n>>>\n/scansion check", ("check",)),
        ("`a`\n/scansion fix", ("fix",)),
    ],
)
def test_a_command_at_the_start_of_a_line_is_read(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Please /scansion fix",
        " /scansion fix",
        "    /scansion fix",
        "\t/scansion fix",
        "> /scansion fix",
        ">/scansion fix",
        "- /scansion fix",
        "`/scansion fix`",
        "```\n/scansion fix\n```",
        "````\n```\n/scansion fix\n````",
        "~~~ text\n/scansion fix\n~~~",
        "```\n/scansion fix",
        "   ```sh\n/scansion fix\n   ```",
        "<!--\n/scansion fix\n-->",
        "text <!-- a\n/scansion fix\n-->",
        "<pre>\n/scansion fix\n</pre>",
        ">>>\n/scansion fix\n>>>",
        "/scansionfix",
        "/scansion-fix",
        "/scans fix",
        "@scansion-bot thank you",
        "@scansion-bot-2 fix",
        "@scansion fix",
        "x@scansion-bot fix",
    ],
)
def test_what_is_quoted_code_or_talk_is_no_command(text):
    assert read(text) is None


def test_an_unknown_command_is_told_from_a_known_one():
    assert not read_command("/scansion dance", "bot", KNOWN).known


def test_a_very_long_line_is_cut():
    found = read_command("/scansion fix " + "x " * 100_000, "bot", KNOWN)
    assert len(found.words) < 20
