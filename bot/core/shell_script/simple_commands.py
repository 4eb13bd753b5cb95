"""Statements that do something: commands, assignments, redirections."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tree_sitter import Node

from bot.core.shell_script.calls import run_call
from bot.core.shell_script.grammar import Script
from bot.core.shell_script.model import Command, Word
from bot.core.shell_script.state import Shell
from bot.core.shell_script.syntax import REDIRECTS, here_document, is_output
from bot.core.shell_script.walker import Mode, Walker
from bot.core.shell_script.words import Value, expand_one, expand_torn
from bot.core.shell_script.wrappers import base_name, unwrap

_POWERSHELL = re.compile(r"\$env:(\w+)(?:=(.*))?", re.ASCII | re.IGNORECASE)
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\})", re.ASCII)


@dataclass
class _Parts:
    """A command as written: `NAME=VALUE` in front, words, and the nodes from first to last."""

    prefix: dict[str, Word] = field(default_factory=dict)
    values: list[Value] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)


def run_command(walker: Walker, script: Script, node: Node, mode: Mode) -> None:
    """Collect a command and read what it runs in turn."""
    parts = _parts(walker, script, node, mode)
    unwrapped = unwrap(parts.values)
    if not unwrapped.words or _sets_for_powershell(walker.shell, [value.word for value in unwrapped.words]):
        return
    prefix = {**parts.prefix, **unwrapped.assignments}
    shell = walker.shell
    command = Command(
        name=_program_name(unwrapped.words[0].word.text, shell),
        words=tuple(value.word for value in unwrapped.words),
        assignments={**shell.exported, **prefix} if prefix else shell.exported,
        prefix=prefix,
        line=script.line(node) if walker.line is None else walker.line,
        location=script.range_location(parts.nodes[0], parts.nodes[-1]),
        conditional=mode.conditional,
        ignored=mode.ignored or not shell.stops_at_failure,
        origin=walker.origin,
        pipe_from=mode.pipe_from,
        pipe_to=mode.pipe_to,
        directory=shell.directory,
        output=mode.output,
        substituted=mode.substituted,
    )
    run_call(walker, command, unwrapped.words, mode)


def _sets_for_powershell(shell: Shell, words: Sequence[Word]) -> bool:
    """Take `$env:NAME = "value"`, which the shell of Windows runners knows, for an export."""
    found = _POWERSHELL.fullmatch(words[0].text)
    if found is None:
        return False
    value = Word(found[2], "$" not in found[2]) if found[2] else None
    if value is None and len(words) > 2 and words[1].text == "=":  # noqa: PLR2004 - a name, the sign, a value
        value = words[2]
    if value is not None:
        shell.assign(found[1], value, export=True)
    return value is not None


def _program_name(text: str, shell: Shell) -> str:
    """Return the program's name, for `$TOOL` the end of its value: the folder before it may be unknown."""
    found = _VARIABLE.fullmatch(text)
    held = shell.variables.get(found[1] or found[2]) if found else None
    name = held.text.rpartition("/")[2] if held and "/" in held.text else ""
    return name if name and "$" not in name else base_name(text)


def _parts(walker: Walker, script: Script, node: Node, mode: Mode) -> _Parts:
    parts = _Parts()
    for child in node.named_children:
        if child.type in {*REDIRECTS, "ERROR"}:
            walker.substitutions(script, child, mode)
            continue
        torn = _torn_from(script, parts, child)
        parts.nodes.append(child)
        if torn:
            parts.values[-1:] = expand_torn(script, (*torn, child), walker.shell)
        elif child.type == "variable_assignment":
            name, word = walker.assigned(script, child, mode)
            parts.prefix[name] = word
        else:
            parts.values += walker.values(script, child, mode)
    return parts


def _torn_from(script: Script, parts: _Parts, child: Node) -> list[Node]:
    """Return the nodes before, where no blank stands between: one word that the grammar tore apart."""
    found: list[Node] = []
    following = child
    for node in reversed(parts.nodes if parts.values else []):
        if node.end_byte != following.start_byte or node.type == "variable_assignment":
            break
        found.insert(0, node)
        following = node
    return found if not set("'\"`(") & set("".join(map(script.text, [*found, child]))) else []


def run_assignment(walker: Walker, script: Script, node: Node, mode: Mode) -> None:
    """Run `NAME=VALUE` on a line of its own."""
    walker.shell.assign(*walker.assigned(script, node, mode))


def run_assignments(walker: Walker, script: Script, node: Node, mode: Mode) -> None:
    """Run several assignments on one line."""
    for child in node.named_children:
        walker.visit(script, child, mode)


def run_declaration(walker: Walker, script: Script, node: Node, mode: Mode) -> None:
    """Run `export`, `declare`, `local`, `readonly`; they hide the failure of a command inside."""
    flags = [script.text(child) for child in node.named_children if child.type == "word"]
    exports = script.text(node.children[0]) == "export" or any("x" in flag for flag in flags if flag[0] == "-")
    for child in node.named_children:
        if child.type == "variable_assignment":
            name, value = walker.assigned(script, child, replace(mode, ignored=True))
            walker.shell.assign(name, value, export=exports)
        elif child.type == "variable_name" and exports:
            walker.shell.export(script.text(child))
        elif child.type != "word":
            walker.substitutions(script, child, mode)


def run_unset(walker: Walker, script: Script, node: Node, _mode: Mode) -> None:
    """Run `unset`."""
    for child in node.named_children:
        if child.type == "variable_name":
            walker.shell.unset(script.text(child))


def run_redirected(walker: Walker, script: Script, node: Node, mode: Mode) -> None:
    """Run a statement with redirections, and what stands behind a here-document: `cat <<EOF | sh`."""
    redirects = [child for child in node.named_children if child.type in REDIRECTS]
    for redirect in (*redirects, *(inner for outer in redirects for inner in outer.named_children)):
        if redirect.type == "file_redirect" and is_output(script, redirect):
            mode = replace(mode, output=expand_one(script, redirect.named_children[-1], walker.shell).word)
        elif redirect.type == "heredoc_redirect":
            mode = replace(mode, here_document=here_document(script, redirect))
    for child in node.named_children:
        if child not in redirects:
            walker.visit(script, child, mode)
    for redirect in redirects:
        _run_redirect(walker, script, redirect, mode)


def _run_redirect(walker: Walker, script: Script, redirect: Node, mode: Mode) -> None:
    if redirect.type != "heredoc_redirect":
        walker.substitutions(script, redirect, mode)
        return
    behind: Sequence[Node] = [c for c in redirect.named_children if c.type in {"pipeline", "list", "command"}]
    for child in behind:
        walker.visit(script, child, replace(mode, output=None))
    for child in redirect.named_children:
        if child.type == "heredoc_body":
            walker.substitutions(script, child, mode)
