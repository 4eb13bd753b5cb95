"""A small reader of makefiles: targets, what they need, their recipe lines, simple variables.

Functions, pattern rules, includes and conditionals are left as they are: a line that uses them keeps its `$(...)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.core.shell_script.fragment import Fragment, join

_VARIABLE = re.compile(r"(?:export\s+|override\s+)*([\w.-]+)\s*(\?=|:{1,3}=|\+=|=|!=)\s*(.*)\Z", re.DOTALL)
_RULE = re.compile(r"([^:=\t#][^:=#]*)::?(?!=)(.*)\Z", re.DOTALL)
_USE = re.compile(r"\$(?:\$|\(([\w.-]+)\)|\{([\w.-]+)\}|([@<^*?]))")
MAX_DEPTH = 20
MAX_LENGTH = 4_000
PASSES = 4  # how deep variables may name each other


@dataclass(frozen=True)
class Target:
    """A target: what must be made before, and its recipe as written (without the tab)."""

    prerequisites: tuple[str, ...] = ()
    recipe: tuple[Fragment, ...] = ()


@dataclass(frozen=True)
class Makefile:
    """Targets by name; ``default`` is the one that `make` makes when none is named."""

    targets: Mapping[str, Target] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    default: str = ""

    def order(self, target: str) -> tuple[str, ...]:
        """Return the targets that making one makes, in order, each once."""
        made: list[str] = []
        self._visit(target, made, frozenset())
        return tuple(made)

    def _visit(self, target: str, made: list[str], above: frozenset[str]) -> None:
        if target in made or target in above or target not in self.targets or len(above) > MAX_DEPTH:
            return
        for prerequisite in self.targets[target].prerequisites:
            self._visit(prerequisite, made, above | {target})
        made.append(target)

    def expand(self, line: Fragment, target: str, given: Mapping[str, str]) -> Fragment:
        """Replace make's variables in a recipe line; `$$` becomes `$`; what is not known stays."""
        values = {**self.variables, **given, "@": target, "MAKE": "make"}
        parts: list[Fragment] = []
        at = 0
        for found in _USE.finditer(line.text):
            parts += (line.cut(at, found.start()), line.made_up(_replacement(found, values)))
            at = found.end()
        return join([*parts, line.cut(at, len(line.text))])


def _replacement(found: re.Match[str], values: Mapping[str, str]) -> str:
    if found[0] == "$$":
        return "$"
    return values.get(found[1] or found[2] or found[3], found[0])


def _resolved(variables: Mapping[str, str]) -> dict[str, str]:
    values = dict(variables)
    for _ in range(PASSES):
        values = {name: _resolved_once(value, values) for name, value in values.items()}
    return values


def _resolved_once(text: str, values: Mapping[str, str]) -> str:
    parts: list[str] = []
    length = at = 0
    for found in _USE.finditer(text):
        new = found[0] if found[0] == "$$" else _replacement(found, values)
        parts += (text[at : found.start()], new)
        at = found.end()
        length += len(new)
        if length > MAX_LENGTH:
            return text
    return "".join((*parts, text[at:]))


def read_makefile(path: str, text: str) -> Makefile:
    """Read a makefile; lines that are not understood are passed over."""
    targets: dict[str, Target] = {}
    variables: dict[str, str] = {}
    names: list[str] = []
    default = ""
    for line in _logical_lines(Fragment.of_file(path, text)):
        if line.text.startswith("\t"):
            for name in names:
                known = targets[name]
                targets[name] = Target(known.prerequisites, (*known.recipe, line.cut(1, len(line.text))))
            continue
        variable = _VARIABLE.match(line.text)
        rule = _RULE.match(line.text)
        if variable is not None:
            _set(variables, variable)
        elif rule is not None:
            names = _add_rule(targets, rule, line)
            default = default or next((name for name in names if not name.startswith(".")), "")
    return Makefile(targets, _resolved(variables), default)


def _logical_lines(text: Fragment) -> Iterator[Fragment]:
    start = 0
    for found in re.finditer(r"(?<!\\)\r?\n|\Z", text.text):
        if found.start() > start:
            yield text.cut(start, found.start())
        start = found.end()


def _set(variables: dict[str, str], found: re.Match[str]) -> None:
    name, operator, raw = found.groups()
    value = re.sub(r"\s*\\\n\s*", " ", raw.partition("#")[0]).strip()
    if operator == "!=" or (operator == "?=" and name in variables):
        return
    variables[name] = f"{variables.get(name, '')} {value}".strip() if operator == "+=" else value


def _add_rule(targets: dict[str, Target], rule: re.Match[str], line: Fragment) -> list[str]:
    names = rule[1].split()
    needs, semicolon, inline = rule[2].partition(";")
    prerequisites = tuple(needs.partition("#")[0].replace("|", " ").replace("\\\n", " ").split())
    recipe = (line.cut(rule.end() - len(inline), rule.end()),) if semicolon else ()
    for name in names:
        known = targets.get(name, Target())
        targets[name] = Target((*known.prerequisites, *prerequisites), known.recipe + recipe)
    return names
