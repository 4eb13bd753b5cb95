"""Deep merge as GitLab does it: mappings merge key by key, everything else is replaced."""

from __future__ import annotations

from bot.core.ci.values import Member, Table


def deep_merge(base: Table, over: Table) -> Table:
    """Return ``base`` with ``over`` on top. The result stands where ``over`` stands."""
    members = dict(base.members)
    for name, member in over.members.items():
        members[name] = _merge_member(members.get(name), member)
    return Table(over.path, over.node, members, _parts(over) + _parts(base))


def _merge_member(below: Member | None, above: Member) -> Member:
    if below and isinstance(below.value, Table) and isinstance(above.value, Table):
        return Member(above.key, deep_merge(below.value, above.value))
    return above


def _parts(table: Table) -> tuple[Table, ...]:
    return table.parts or (table,)
