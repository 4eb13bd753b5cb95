"""Programs that run another program given in their own arguments: `sudo`, `env`, `time`, `xargs` and the like."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.shell_script.model import Word
from bot.core.shell_script.words import Value

_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=", re.ASCII)
MAX_LAYERS = 8


@dataclass(frozen=True, slots=True)
class _Wrapper:
    """Options that take a value, and how many words stand before the command."""

    with_value: frozenset[str] = frozenset()
    operands: int = 0
    assignments: bool = False


def _wrapper(options: str = "", operands: int = 0, *, assignments: bool = False) -> _Wrapper:
    return _Wrapper(frozenset(options.split()), operands, assignments)


_WRAPPERS: Mapping[str, _Wrapper] = {
    "sudo": _wrapper("-u -g -h -p -C -T -D -R --user --group --host --chdir", assignments=True),
    "doas": _wrapper("-u -C", assignments=True),
    "env": _wrapper("-u --unset -C --chdir -S --split-string", assignments=True),
    "exec": _wrapper("-a"),
    "time": _wrapper("-f --format -o --output"),
    "nice": _wrapper("-n --adjustment"),
    "ionice": _wrapper("-c -n --class --classdata"),
    "nohup": _wrapper(),
    "setsid": _wrapper(),
    "builtin": _wrapper(),
    "command": _wrapper(),
    "chronic": _wrapper(),
    "retry": _wrapper("-t -d -m --times --delay"),
    "stdbuf": _wrapper("-i -o -e --input --output --error"),
    "timeout": _wrapper("-k -s --kill-after --signal", operands=1),
    "gosu": _wrapper(operands=1),
    "su-exec": _wrapper(operands=1),
    "xvfb-run": _wrapper("-e -f -n -p -s -w --error-file --auth-file --server-num --server-args --wait"),
    "dbus-run-session": _wrapper("--config-file --dbus-daemon"),
    "xargs": _wrapper(
        "-a -d -E -I -L -n -P -s --arg-file --delimiter --replace --max-lines --max-args --max-procs --max-chars"
    ),
}
_ASKS = {"command": {"-v", "-V"}, "sudo": {"-l", "-v", "-k"}, "env": set[str]()}


@dataclass(frozen=True)
class Unwrapped:
    """The command proper, and the assignments that stood between."""

    words: tuple[Value, ...]
    assignments: Mapping[str, Word] = field(default_factory=dict)


def base_name(text: str) -> str:
    """Return the program's name without its folder."""
    return text.rpartition("/")[2] or text


def unwrap(words: Sequence[Value]) -> Unwrapped:
    """Look through wrappers. A wrapper without a command of its own stays as it is."""
    found = Unwrapped(tuple(words))
    for _ in range(MAX_LAYERS):
        inner = _one_layer(found.words)
        if inner is None or not inner.words:
            return found
        found = Unwrapped(inner.words, {**found.assignments, **inner.assignments})
    return found


def _one_layer(words: Sequence[Value]) -> Unwrapped | None:
    name = base_name(words[0].word.text) if words else ""
    wrapper = _WRAPPERS.get(name)
    if wrapper is None:
        return None
    at = _behind_options(words, wrapper, _ASKS.get(name, set()))
    assignments: dict[str, Word] = {}
    while at is not None and wrapper.assignments and at < len(words):
        assignment = _ASSIGNMENT.match(words[at].word.text)
        if assignment is None:
            break
        word = words[at].word
        assignments[assignment[1]] = Word(word.text[assignment.end() :], word.known, word.location)
        at += 1
    return None if at is None else Unwrapped(tuple(words[at + wrapper.operands :]), assignments)


def _behind_options(words: Sequence[Value], wrapper: _Wrapper, asks: set[str]) -> int | None:
    at = 1
    while at < len(words) and words[at].word.text.startswith("-"):
        text = words[at].word.text
        if text in asks:
            return None
        at += 1
        if text == "--":
            break
        at += text in wrapper.with_value
    return at
