"""`parallel:matrix`: the variables of each job that it makes."""

from __future__ import annotations

from itertools import islice, product

from bot.core.ci.values import Table, Value, as_list, texts

MAX_JOBS = 200


def read_matrix(parallel: Value | None) -> tuple[dict[str, str], ...]:
    """Return one set of variables for each job, in GitLab's order; at most one more than GitLab allows."""
    if not isinstance(parallel, Table):
        return ()
    rows: list[dict[str, str]] = []
    for item in as_list(parallel.get("matrix")):
        if isinstance(item, Table) and item.members:
            names = tuple(item.members)
            choices = [[text.value for text in texts(member.value)] for member in item.members.values()]
            combinations = islice(product(*choices), MAX_JOBS + 1 - len(rows))
            rows += [dict(zip(names, values, strict=True)) for values in combinations]
    return tuple(rows)
