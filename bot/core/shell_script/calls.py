"""What a command runs in turn: builtins, functions, `bash -c`, scripts and make targets of the repository."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from bot.core.shell_script.fragment import Fragment
from bot.core.shell_script.make_calls import run_make
from bot.core.shell_script.model import Command
from bot.core.shell_script.walker import Mode, Walker
from bot.core.shell_script.words import Value

SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh"})
MAX_CALLS = 8
_SHEBANG = re.compile(r"#!.*\b(?:ba|da|z|k|a)?sh\b(.*)")
_WITH_VALUE = frozenset({"-o", "+o", "-O", "+O", "--rcfile", "--init-file"})


def run_call(walker: Walker, command: Command, words: Sequence[Value], mode: Mode) -> None:
    """Collect the command, unless it is a function of the script, and read what it runs."""
    function = walker.shell.functions.get(words[0].word.text)
    if function is not None and f"function {command.name}" not in walker.running:
        _run_function(walker, command, mode)
        return
    walker.reading.commands.append(command)
    builtin = _BUILTINS.get(command.name)
    if len(walker.running) >= MAX_CALLS:
        return
    if builtin is not None:
        builtin(walker, words, mode)
    elif command.name in SHELLS:
        _run_shell(walker, words, mode)
    elif command.name in {"make", "gmake"}:
        run_make(inner_walker(walker, command), command, mode)
    elif "/" in words[0].word.text:
        _run_script(walker, words, mode, "")


def inner_walker(walker: Walker, command: Command) -> Walker:
    """Return a walker for what one command runs: everything there belongs to the command's own line."""
    return replace(walker, line=command.line)


def _line(walker: Walker) -> int:
    return walker.reading.commands[-1].line


def _run_function(walker: Walker, command: Command, mode: Mode) -> None:
    script, body = walker.shell.functions[command.words[0].text]
    outer = walker.shell.parameters
    walker.shell.parameters = command.words[1:]
    inside = replace(walker, line=command.line, running=walker.running | {f"function {command.name}"})
    inside.visit(script, body, mode)
    walker.shell.parameters = outer


def _change_directory(walker: Walker, words: Sequence[Value], _mode: Mode) -> None:
    operands = [value.word for value in words[1:] if value.word.text == "-" or value.word.text[:1] != "-"]
    walker.shell.change_directory(operands[0] if operands else None)


def _leave_directory(walker: Walker, _words: Sequence[Value], _mode: Mode) -> None:
    walker.shell.directory = None


def _set_options(walker: Walker, words: Sequence[Value], _mode: Mode) -> None:
    texts = [value.word.text for value in words[1:]]
    for text in texts:
        if text[:1] in {"-", "+"} and text[1:2] != "-":
            walker.shell.stops_at_failure = _switch(text, "e", now=walker.shell.stops_at_failure)
            walker.shell.exports_all = _switch(text, "a", now=walker.shell.exports_all)
    for sign, name in pairwise(texts):
        if name == "errexit" and sign.endswith("o"):
            walker.shell.stops_at_failure = sign[0] == "-"
        if name == "allexport" and sign.endswith("o"):
            walker.shell.exports_all = sign[0] == "-"


def _switch(text: str, letter: str, *, now: bool) -> bool:
    return text[0] == "-" if letter in text[1:] else now


def _source(walker: Walker, words: Sequence[Value], mode: Mode) -> None:
    path = walker.shell.path(words[1].word) if len(words) > 1 else None
    text = walker.reading.text(path)
    if path is None or text is None or path in walker.running:
        return
    inside = replace(walker, line=_line(walker), origin=path, running=walker.running | {path})
    inside.read([(0, Fragment.of_file(path, text))], replace(mode, output=None, here_document=None))


def _evaluate(walker: Walker, words: Sequence[Value], mode: Mode) -> None:
    if len(words) == 2 and words[1].word.known:  # noqa: PLR2004 - the builtin and one literal
        inside = replace(walker, line=_line(walker), running=walker.running | {f"eval {len(walker.running)}"})
        inside.read([(0, words[1].fragment)], mode)


def _run_shell(walker: Walker, words: Sequence[Value], mode: Mode) -> None:
    at, flags = _behind_options(words)
    if "c" in flags and at < len(words):
        _run_text(walker, words[at].fragment, words[at + 1 :], mode, flags)
    elif at < len(words) and "s" not in flags:
        _run_script(walker, words[at:], mode, flags)
    elif mode.here_document is not None:
        _run_text(walker, mode.here_document, (), mode, flags)


def _behind_options(words: Sequence[Value]) -> tuple[int, str]:
    at, flags = 1, ""
    while at < len(words) and words[at].word.text[:1] in {"-", "+"} and len(words[at].word.text) > 1:
        text = words[at].word.text
        at += 2 if text in _WITH_VALUE else 1
        if not text.startswith("--"):
            flags += text[1:]
    return at, flags


def _run_text(walker: Walker, text: Fragment, operands: Sequence[Value], mode: Mode, flags: str) -> None:
    shell = walker.shell.child()
    shell.stops_at_failure = "e" in flags or not re.search(r"[;\n]", text.text.strip())
    shell.parameters = tuple(value.word for value in operands[1:])
    name = f"shell {len(walker.running)}"
    inside = replace(walker, shell=shell, line=_line(walker), running=walker.running | {name})
    _read_program(inside, text, replace(mode, here_document=None))


def _run_script(walker: Walker, words: Sequence[Value], mode: Mode, flags: str) -> None:
    path = walker.shell.path(words[0].word)
    text = walker.reading.text(path)
    if path is None or text is None or path in walker.running:
        return
    first = _SHEBANG.match(text)
    if text.startswith("#!") and first is None:
        return  # a program in another language
    shell = walker.shell.child()
    shell.stops_at_failure = "e" in flags or (first is not None and bool(re.search(r"-\w*e", first[1])))
    shell.parameters = tuple(value.word for value in words[1:])
    inside = replace(walker, shell=shell, line=_line(walker), origin=path, running=walker.running | {path})
    _read_program(inside, Fragment.of_file(path, text), replace(mode, output=None, here_document=None))


def _read_program(walker: Walker, text: Fragment, mode: Mode) -> None:
    """Read a script that is a process of its own: its last command's failure is its failure, `set -e` or not."""
    before = len(walker.reading.commands)
    walker.read([(0, text)], mode)
    found = walker.reading.commands
    if len(found) > before and not found[-1].conditional:
        found[-1] = replace(found[-1], ignored=mode.ignored)


_BUILTINS: Mapping[str, Callable[[Walker, Sequence[Value], Mode], None]] = {
    "cd": _change_directory,
    "pushd": _change_directory,
    "popd": _leave_directory,
    "set": _set_options,
    "source": _source,
    ".": _source,
    "eval": _evaluate,
}
