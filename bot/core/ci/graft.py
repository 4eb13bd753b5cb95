"""GitLab's own merged configuration, with the places of what stands in the repository.

Where includes are not at hand, `facts.merged_ci` shows the whole. A value that is also in the files keeps its
place there; one that comes from elsewhere stands at the include.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.ci.values import Items, Leaf, Member, Table, Value, leaves


def graft(merged: Table, local: Table) -> Table:
    """Return GitLab's table, made of our own values where both have the same."""
    members: dict[str, Member] = {}
    for name, member in merged.members.items():
        own = local.members.get(name)
        members[name] = Member(own.key, _graft_value(member.value, own.value)) if own else member
    return Table(local.path, local.node, members, local.parts)


def _graft_value(merged: Value, local: Value) -> Value:
    if isinstance(merged, Table) and isinstance(local, Table):
        return graft(merged, local)
    if isinstance(merged, Leaf) and isinstance(local, Leaf):
        return local if merged.data == local.data else merged
    if isinstance(merged, Items) and isinstance(local, Items):
        return _graft_items(merged, local)
    return merged


def _graft_items(merged: Items, local: Items) -> Items:
    """Give each line of a list the first place where our files have it; references add lines in between."""
    if len(merged.items) == len(local.items) and not any(isinstance(item, Leaf) for item in merged.items):
        pairs = zip(merged.items, local.items, strict=True)
        return Items(local.path, local.node, tuple(_graft_value(*pair) for pair in pairs))
    own = list(leaves(local))
    return Items(local.path, local.node, tuple(_place(item, own) for item in merged.items))


def _place(item: Value, own: Sequence[Leaf]) -> Value:
    if not isinstance(item, Leaf):
        return item
    return next((leaf for leaf in own if leaf.data == item.data), item)
