"""`spec:inputs` headers, and the interpolation of `$[[ inputs.name ]]`, which GitLab does before it parses."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.ci.model import Problem
from bot.core.ci.places import ChangedText
from bot.core.ci.values import Leaf, Table, Value, text_of, texts, to_plain
from bot.core.finding import Location
from bot.core.span import Span
from bot.core.yamlwords import to_text

MAX_FUNCTIONS = 3
MAX_TEXT = 1024 * 1024  # GitLab's limit for a text with blocks
_BLOCK = re.compile(r"\$\[\[\s*([^\]\n]{1,1000}?)\s*\]\]")
_TRUNCATE = re.compile(r"truncate\(\s*(\d+)\s*,\s*(\d+)\s*\)")
_SPLIT = re.compile(r"split\('([^']+)'\)")
_UNSAFE = re.compile(r"[^A-Za-z0-9_\-.,:+/@]")  # what Ruby's Shellwords escapes
_DIVIDER = re.compile(r"^---(?=\s)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class InputValues:
    """The value of each input as the text that replaces its block, and what is wrong."""

    values: Mapping[str, str]
    problems: tuple[Problem, ...] = ()


def is_header(value: Value | None) -> bool:
    """Whether a YAML document is a header: a mapping with `spec`."""
    return isinstance(value, Table) and "spec" in value.members


def read_inputs(header: Table, given: Table | None, user: Location) -> InputValues:
    """Give each input of a header the value that an include passes, or its default.

    ``user`` is the place of the include (or of the header itself, for the file that GitLab starts with).
    """
    spec = header.table("spec")
    inputs = spec.table("inputs") if spec else None
    declared = inputs.members if inputs else {}
    passed = given.members if given else {}
    values: dict[str, str] = {}
    problems = [
        Problem("unknown-input", f"the included file declares no input `{name}`", passed[name].key)
        for name in passed
        if name not in declared
    ]
    for name, member in declared.items():
        details = member.value if isinstance(member.value, Table) else None
        value = passed[name].value if name in passed else _default(details)
        if value is None:
            problems.append(Problem("missing-input", f"the input `{name}` has no value and no default", user))
            continue
        values[name] = _as_text(value)
        if wrong := _refusal(details, value):
            place = passed[name].value.location if name in passed else member.key
            problems.append(Problem("invalid-input", f"the input `{name}` {wrong}", place))
    return InputValues(values, tuple(problems))


def _default(details: Table | None) -> Value | None:
    member = details.members.get("default") if details else None
    return member.value if member else None


def _as_text(value: Value) -> str:
    return to_text(value.data) if isinstance(value, Leaf) else json.dumps(to_plain(value))


def _refusal(details: Table | None, value: Value) -> str:
    options = texts(details.get("options")) if details else ()
    if options and _as_text(value) not in {option.value for option in options}:
        return "is none of its options"
    kind = text_of(details.get("type")) if details else None
    wanted = _TYPES.get(kind.value if kind else "string")
    return f"is no {kind.value}" if kind and wanted and not _is_of(value, wanted) else ""


_TYPES: dict[str, tuple[type, ...]] = {"number": (int, float), "boolean": (bool,), "array": (list,)}


def _is_of(value: Value, wanted: tuple[type, ...]) -> bool:
    plain = to_plain(value)
    if isinstance(plain, str) and "$" in plain:
        return True  # a block or a variable, whose value is not known here
    return isinstance(plain, wanted) and (bool in wanted or not isinstance(plain, bool))


def body_start(text: str, header_end: int) -> int:
    """Return where the document behind the header begins."""
    found = _DIVIDER.search(text, header_end)
    return found.start() if found else header_end


@dataclass(frozen=True, slots=True)
class Interpolated:
    """A text with its blocks replaced (None where it has none), and the blocks that GitLab would refuse."""

    changed: ChangedText | None
    refused: tuple[Span, ...] = ()


def interpolate(text: str, start: int, values: Mapping[str, str]) -> Interpolated:
    """Replace the blocks of a text from an offset on; those that cannot be replaced stay as they are."""
    changed = ChangedText()
    refused: list[Span] = []
    done, length = start, 0
    for found in _BLOCK.finditer(text, start):
        value = _block_value(found.group(1), values)
        if value is None or length > MAX_TEXT:
            if not found.group(1).startswith("matrix."):  # these are for later, GitLab leaves them
                refused.append(Span(found.start(), found.end()))
            continue
        length += len(value)
        changed.add(text[done : found.start()], done, found.start(), kept=True)
        changed.add(value, found.start(), found.end(), kept=False)
        done = found.end()
    changed.add(text[done:], done, len(text), kept=True)
    return Interpolated(changed.finish() if done > start else None, tuple(refused))


def _block_value(block: str, values: Mapping[str, str]) -> str | None:
    access, *functions = (part.strip() for part in block.split("|"))
    value = values.get(access.removeprefix("inputs.")) if access.startswith("inputs.") else None
    if len(functions) > MAX_FUNCTIONS:
        return None
    for function in functions:
        value = _apply(function, value) if value is not None else None
    return value


def _apply(function: str, value: str) -> str | None:
    if function == "expand_vars":
        return value  # the variables that it may expand are the project's own: the runner expands them later
    if function in ("posix_escape", "posix_quote"):
        return _UNSAFE.sub(lambda found: "'\n'" if found.group() == "\n" else f"\\{found.group()}", value) or "''"
    if found := _SPLIT.fullmatch(function):
        return json.dumps([part.strip() for part in value.split(found.group(1)) if part.strip()])
    if found := _TRUNCATE.fullmatch(function):
        offset, length = int(found.group(1)[:9]), int(found.group(2)[:9])
        return value[offset : offset + length]
    return None
