"""Questions about syntax trees: which program, which redirection, which alternative."""

from __future__ import annotations

from tree_sitter import Node

from bot.core.shell_script.fragment import Fragment
from bot.core.shell_script.grammar import Script
from bot.core.shell_script.state import Shell
from bot.core.shell_script.words import expand
from bot.core.shell_script.wrappers import base_name, unwrap

REDIRECTS = frozenset({"file_redirect", "heredoc_redirect", "herestring_redirect"})
_WRAPPING = frozenset({"subshell", "compound_statement", "list", "redirected_statement"})
_ENDS = frozenset({"exit", "false", "return"})
_QUESTIONS = frozenset(
    {
        "test",
        "[",
        "grep",
        "egrep",
        "which",
        "type",
        "hash",
        "command",
        "diff",
        "cmp",
        "false",
        "ls",
        "stat",
        "pgrep",
    }
)


def split_at(node: Node, keyword: str) -> tuple[list[Node], list[Node]]:
    """Return the named children before and behind a keyword."""
    at = next((index for index, child in enumerate(node.children) if child.type == keyword), len(node.children))
    before = [child for child in node.children[:at] if child.is_named]
    return before, [child for child in node.children[at:] if child.is_named]


def alternatives(node: Node) -> list[tuple[str, Node]]:
    """Return the parts of `a && b || c`, each with the operator in front of it."""
    parts: list[tuple[str, Node]] = []
    while node.type == "list" and len(node.named_children) > 1:
        operator = next((child.type for child in node.children if child.type in {"&&", "||"}), ";")
        parts.append((operator, node.named_children[-1]))
        node = node.named_children[0]
    return [("", node), *reversed(parts)]


def is_output(script: Script, redirect: Node) -> bool:
    """Whether a redirection sends standard output to a file."""
    operator = next((child.type for child in redirect.children if not child.is_named), "")
    descriptor = next((script.text(c) for c in redirect.named_children if c.type == "file_descriptor"), "1")
    return operator in {">", ">>", "&>", "&>>", ">|"} and descriptor == "1" and bool(redirect.named_children)


def here_document(script: Script, redirect: Node) -> Fragment | None:
    """Return the body of a here-document."""
    body = next((child for child in redirect.named_children if child.type == "heredoc_body"), None)
    return script.piece(body) if body is not None else None


def program(script: Script, node: Node) -> str:
    """Return the program that a statement starts, empty for a compound one."""
    while node.type == "redirected_statement" and node.named_children:
        node = node.named_children[0]
    if node.type != "command":
        return ""
    words = [child for child in node.named_children if child.type not in {"variable_assignment", *REDIRECTS}]
    unwrapped = unwrap([value for word in words for value in expand(script, word, Shell())]).words
    return base_name(unwrapped[0].word.text) if unwrapped else ""


def ends_job(script: Script, node: Node) -> bool:
    """Whether what stands behind `||` ends the job: `exit 1`, `(echo no; exit 1)`."""
    while node.type in _WRAPPING and node.named_children:
        node = node.named_children[-1]
    words = script.text(node).split()
    return bool(words) and words[0] in _ENDS and words[1:2] != ["0"]


def is_question(script: Script, node: Node) -> bool:
    """Whether a statement asks something rather than doing something: its failure is an answer."""
    if node.type in {"test_command", "negated_command"}:
        return True
    return program(script, node) in _QUESTIONS or script.text(node).startswith("git diff")
