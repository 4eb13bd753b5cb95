"""Conditions that GitLab would call invalid syntax."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.ci.conditions import is_valid
from bot.core.ci.model import Problem
from bot.core.ci.values import Leaf, Table, as_list, leaves
from bot.core.finding import Location


def invalid_conditions(config: Table) -> Iterator[Problem]:
    """Yield each condition of `workflow`, `rules`, `only` and `except` that is no expression, once."""
    seen: set[Location] = set()
    for name, member in config.members.items():
        if not isinstance(member.value, Table):
            continue
        for leaf in _conditions(member.value):
            if leaf.location not in seen and not is_valid(leaf.text.value):
                seen.add(leaf.location)
                yield Problem("invalid-condition", _message(leaf.text.value), leaf.location, name)


def _conditions(table: Table) -> Iterator[Leaf]:
    for rule in as_list(table.get("rules")):
        condition = rule.get("if") if isinstance(rule, Table) else None
        if isinstance(condition, Leaf):
            yield condition
    for keyword in ("only", "except"):
        policy = table.table(keyword)
        if policy:
            yield from leaves(policy.get("variables"))


def _message(condition: str) -> str:
    if "${" in condition:
        return f"`{condition}` is no condition for GitLab, which knows `$NAME` here and not `${{NAME}}`"
    known = "`==`, `!=`, `=~`, `!~`, `&&`, `||` and texts in quotes"
    return f"`{condition}` is no condition that GitLab understands; it knows {known}"
