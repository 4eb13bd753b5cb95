"""The words of a command as the shell makes them: quotes removed, certain variables replaced, then split."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from bot.core.shell_script.fragment import Fragment, join
from bot.core.shell_script.grammar import Script
from bot.core.shell_script.model import Word
from bot.core.shell_script.state import Shell

_UNQUOTED_ESCAPE = re.compile(r"\\(\n|.)", re.DOTALL)
_QUOTED_ESCAPE = re.compile(r"\\([\n$`\"\\])")
_ANSI_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", "'": "'", '"': '"', "r": "\r"}
_EXPANSIONS = frozenset(
    {"simple_expansion", "expansion", "command_substitution", "arithmetic_expansion", "process_substitution"}
)
_USE = re.compile(r"\$(?:\{\w+\}|\w+)", re.ASCII)
_PLAIN_EXPANSION = re.compile(r"\$(?:\{(\w+)\}|(\w+))\Z")


@dataclass(frozen=True, slots=True)
class Value:
    """A word with the place of its characters, so that a word that is a script can be read as one."""

    word: Word
    fragment: Fragment


@dataclass(frozen=True, slots=True)
class _Piece:
    fragment: Fragment
    known: bool = True
    splits: bool = False
    quoted: bool = False


def expand(script: Script, node: Node, shell: Shell) -> list[Value]:
    """Return the words that one word as written becomes: several, or none, where an expansion is split."""
    location = script.location(node)
    return [
        Value(Word(joined.text, known, location), joined)
        for joined, known in _split(list(_pieces(script, node, shell)))
    ]


def expand_one(script: Script, node: Node, shell: Shell) -> Value:
    """Return a word that is not split: the value of an assignment, the target of a redirection."""
    pieces = list(_pieces(script, node, shell))
    joined = join(piece.fragment for piece in pieces)
    known = all(piece.known for piece in pieces)
    return Value(Word(joined.text, known, script.location(node)), joined)


def expand_torn(script: Script, nodes: Sequence[Node], shell: Shell) -> list[Value]:
    """Return the word of nodes that stand without a blank between them.

    The grammar tears `$HOST/projects/$ID/packages` apart behind the second dollar sign.
    """
    piece = script.fragment.cut(script.start(nodes[0]), script.end(nodes[-1]))
    parts: list[Fragment] = []
    known, at = True, 0
    for found in _USE.finditer(piece.text):
        value = _value(found[0], shell)
        certain = value is not None and value.known
        known = known and certain
        written = piece.cut(found.start(), found.end())
        parts += (piece.cut(at, found.start()), piece.made_up(value.text) if value and certain else written)
        at = found.end()
    joined = join([*parts, piece.cut(at, len(piece.text))])
    return [Value(Word(joined.text, known, piece.locate(0, len(piece.text))), joined)]


def _split(pieces: list[_Piece]) -> Iterator[tuple[Fragment, bool]]:
    current: list[Fragment] = []
    known = True
    for piece in pieces:
        if not piece.splits:
            current.append(piece.fragment)
            known = known and piece.known
            continue
        text = piece.fragment.text
        parts = text.split()
        if current and text[:1].isspace():
            yield join(current), known
            current, known = [], True
        for part in parts[:-1]:
            yield join([*current, piece.fragment.made_up(part)]), known
            current, known = [], True
        current += [piece.fragment.made_up(part) for part in parts[-1:]]
        if parts and text[-1:].isspace():
            yield join(current), known
            current, known = [], True
    if current:
        yield join(current), known


def _pieces(script: Script, node: Node, shell: Shell) -> Iterator[_Piece]:
    kind = node.type
    if kind in {"concatenation", "command_name"}:
        for child in node.children:
            yield from _pieces(script, child, shell)
    elif kind in {"string", "translated_string"}:
        yield from _string_pieces(script, node, shell)
    elif kind == "raw_string":
        piece = script.piece(node)
        yield _Piece(piece.cut(1, len(piece.text) - 1), quoted=True)
    elif kind == "ansi_c_string":
        piece = script.piece(node)
        body = _UNQUOTED_ESCAPE.sub(lambda found: _ANSI_ESCAPES.get(found[1], found[0]), piece.text[2:-1])
        yield _Piece(piece.made_up(body), quoted=True)
    elif kind in _EXPANSIONS:
        yield _expansion(script, node, shell, splits=True)
    else:
        piece = script.piece(node)
        yield _Piece(_unescape(piece, _UNQUOTED_ESCAPE), known="`" not in piece.text)


def _string_pieces(script: Script, node: Node, shell: Shell) -> Iterator[_Piece]:
    """Yield the parts of a double-quoted string. The grammar drops some blanks, so text is what lies between."""
    start = script.start(node) + (2 if node.type == "translated_string" else 1)
    end = script.end(node) - 1
    body = node.children[-1] if node.type == "translated_string" else node
    at = start
    for child in body.children:
        if child.type not in _EXPANSIONS:
            continue
        yield _Piece(_unescape(script.fragment.cut(at, script.start(child)), _QUOTED_ESCAPE), quoted=True)
        yield _expansion(script, child, shell, splits=False)
        at = script.end(child)
    yield _Piece(_unescape(script.fragment.cut(at, max(at, end)), _QUOTED_ESCAPE), quoted=True)


def _expansion(script: Script, node: Node, shell: Shell, *, splits: bool) -> _Piece:
    piece = script.piece(node)
    value = _value(piece.text, shell)
    if value is None or not value.known:
        return _Piece(piece, known=False)
    return _Piece(piece.made_up(value.text), splits=splits)


def _value(text: str, shell: Shell) -> Word | None:
    plain = _PLAIN_EXPANSION.match(text)
    if plain is None:
        return None
    name = plain[1] or plain[2]
    if not name.isdigit():
        return shell.variables.get(name)
    number = int(name) if len(name) < 3 else 0  # noqa: PLR2004 - no script has a hundred parameters
    return shell.parameters[number - 1] if 0 < number <= len(shell.parameters) else None


def _unescape(piece: Fragment, escape: re.Pattern[str]) -> Fragment:
    if "\\" not in piece.text:
        return piece
    parts: list[Fragment] = []
    at = 0
    for found in escape.finditer(piece.text):
        kept = found.start(1) if found[1] != "\n" else found.end()
        parts += (piece.cut(at, found.start()), piece.cut(kept, found.end()))
        at = found.end()
    return join([*parts, piece.cut(at, len(piece.text))])
