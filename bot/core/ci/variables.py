"""`variables`, and the expansion that GitLab and its runner do in keywords such as `image`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.core.ci.model import Text
from bot.core.ci.values import Leaf, Table, Value
from bot.core.snapshot import Facts

MAX_LENGTH = 4096  # of an expanded text: variables may double each other
MAX_LEVELS = 20
# `$$` is a dollar sign; `${NAME:-default}` is the shell's, which neither GitLab nor the runner knows here.
_USE = re.compile(r"\$\$|\$([A-Za-z_]\w*)|\$\{([A-Za-z_]\w*)\}|\$\{", re.ASCII)


@dataclass(frozen=True, slots=True)
class Variables:
    """Variables in force. ``raw`` are those with `expand: false`: their text is taken as it stands."""

    values: Mapping[str, Text] = field(default_factory=dict)
    raw: frozenset[str] = frozenset()

    def over(self, below: Variables) -> Variables:
        """Return these on top of others."""
        raw = (below.raw - self.values.keys()) | self.raw
        return Variables({**below.values, **self.values}, raw)

    def without(self, names: Iterable[str]) -> Variables:
        """Return all but those with one of the names."""
        return self.only(frozenset(self.values) - frozenset(names))

    def only(self, names: frozenset[str]) -> Variables:
        """Return those with one of the names."""
        values = {name: text for name, text in self.values.items() if name in names}
        return Variables(values, self.raw & names)


def read_variables(value: Value | None) -> Variables:
    """Read a `variables` mapping in its short and its long form (`value`, `expand`)."""
    if not isinstance(value, Table):
        return Variables()
    values: dict[str, Text] = {}
    raw: set[str] = set()
    for name, member in value.members.items():
        held = member.value
        if isinstance(held, Table):
            expand = held.get("expand")
            if isinstance(expand, Leaf) and expand.data is False:
                raw.add(name)
            inner = held.get("value")
            held = inner if isinstance(inner, Leaf) else held
        if isinstance(held, Leaf):
            values[name] = held.text
    return Variables(values, frozenset(raw))


def predefined(facts: Facts) -> dict[str, str]:
    """Return GitLab's own variables as far as the facts say them."""
    known: dict[str, str | None] = {
        "CI": "true",
        "GITLAB_CI": "true",
        "CI_DEFAULT_BRANCH": facts.default_branch,
        "CI_PROJECT_ID": str(facts.project_id) if facts.project_id else None,
    }
    if facts.project_path:
        namespace, _, name = facts.project_path.rpartition("/")
        known |= {
            "CI_PROJECT_PATH": facts.project_path,
            "CI_PROJECT_NAME": name,
            "CI_PROJECT_NAMESPACE": namespace,
        }
    if facts.server_url:
        server = facts.server_url.rstrip("/")
        host = server.partition("://")[2].partition("/")[0].partition(":")[0]
        known |= {"CI_SERVER_URL": server, "CI_SERVER_HOST": host, "CI_API_V4_URL": f"{server}/api/v4"}
    return {name: value for name, value in known.items() if value is not None}


def expand(text: str, variables: Variables, known: Mapping[str, str] | None = None) -> str | None:
    """Return the text with every variable replaced; None while one of them is not known.

    ``known`` are values that need no further expansion: predefined ones.
    """
    return _expand(text, variables, known or {}, ())


def _expand(text: str, variables: Variables, known: Mapping[str, str], trail: tuple[str, ...]) -> str | None:
    pieces: list[str] = []
    done = 0
    for found in _USE.finditer(text):
        name = found.group(1) or found.group(2)
        value = _value(name, variables, known, trail) if name else {"$$": "$"}.get(found.group())
        if value is None or sum(map(len, pieces)) + len(value) > MAX_LENGTH:
            return None
        pieces += (text[done : found.start()], value)
        done = found.end()
    return "".join((*pieces, text[done:]))


def _value(name: str, variables: Variables, known: Mapping[str, str], trail: tuple[str, ...]) -> str | None:
    if name in trail or len(trail) > MAX_LEVELS:
        return None
    if name not in variables.values:
        return known.get(name)
    text = variables.values[name].value
    return text if name in variables.raw else _expand(text, variables, known, (*trail, name))
