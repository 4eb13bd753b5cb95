"""Which lines of a comment GitLab takes as commands.

Releases differ: older ones look with a regular expression at line starts outside of three-backtick fences, HTML
blocks and `>>>` quotes (lib/gitlab/quick_actions/extractor.rb), newer ones read the Markdown. The simulated GitLab
runs a command when either would, so that a text which is inert here is inert in both.
"""

from __future__ import annotations

import re
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

_WORDS = (
    "approve unapprove assign unassign reassign reviewer request_review assign_reviewer unassign_reviewer "
    "label labels unlabel remove_label relabel close reopen draft wip ready merge rebase title target_branch "
    "todo done subscribe unsubscribe milestone remove_milestone react award copy_metadata lock unlock estimate "
    "remove_estimate spend spent remove_time_spent submit_review ship shrug tableflip cc due weight "
    "confidential duplicate move tag request_changes create_merge_request invite_email promote epic iteration "
    "health_status"
)
COMMANDS = frozenset(_WORDS.split())
_NAMES = "|".join(sorted(COMMANDS, key=len, reverse=True))
_COMMAND = re.compile(rf"/({_NAMES})(?:[ \t]+([^\n]*))?[ \t]*", re.IGNORECASE)
_BLOCKS = re.compile(
    r"^```.+?\n```$"
    r"|^[^\n`]*`\n[^`]+?\n`$"
    r"|^<[^>]+?>\n.+?\n</[^>]+?>$"
    r"|^>>>.+?\n>>>$",
    re.DOTALL | re.MULTILINE,
)
_MARKDOWN = MarkdownIt("commonmark")


def extract(body: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the text without its command lines, and the commands with their arguments."""
    body = body.replace("\r", "")
    commands: list[tuple[str, str]] = []
    kept: list[str] = []
    live = _lines_outside_of_blocks(body) | _lines_of_paragraphs(body)
    for number, line in enumerate(body.split("\n")):
        match = _COMMAND.fullmatch(line) if number in live else None
        if match:
            commands.append((match[1].lower(), (match[2] or "").strip()))
        else:
            kept.append(line)
    return "\n".join(kept).rstrip() if commands else body, commands


def _lines_outside_of_blocks(body: str) -> set[int]:
    inside: set[int] = set()
    for block in _BLOCKS.finditer(body):
        first = body.count("\n", 0, block.start())
        inside |= set(range(first, first + block[0].count("\n") + 1))
    for token in _MARKDOWN.parse(body):  # the expression's code span alternative reaches to a longer fence's end
        if token.type == "fence" and token.markup.startswith("`") and token.map:
            inside |= set(range(*token.map))
    return set(range(body.count("\n") + 1)) - inside


def _lines_of_paragraphs(body: str) -> set[int]:
    quoted = {
        number
        for block in re.finditer(r"^>>>.+?\n>>>$", body, re.DOTALL | re.MULTILINE)
        for number in range(body.count("\n", 0, block.start()), body.count("\n", 0, block.end()) + 1)
    }
    found: set[int] = set()
    for opening, inline in pairwise(_MARKDOWN.parse(body)):
        if opening.type == "paragraph_open" and opening.level == 0 and opening.map:
            found |= _text_lines(opening.map[0], inline.children or [])
    return found - quoted


def _text_lines(first: int, children: list[Token]) -> set[int]:
    """Lines of a paragraph that begin with plain text, not in the middle of a code span."""
    lines, number, at_start = set(), first, True
    for child in children:
        if child.type == "text" and at_start:
            lines.add(number)
        at_start = child.type in {"softbreak", "hardbreak"}
        number += 1 if at_start else child.content.count("\n")
    return lines
