"""`extends`: each job merged over the jobs and templates that it names, in their order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.ci.budget import Budget
from bot.core.ci.merge import deep_merge
from bot.core.ci.model import Problem
from bot.core.ci.values import Member, Table, Value, leaves
from bot.core.yamlwords import to_text

MAX_LEVELS = 10  # above the job itself, as GitLab counts


@dataclass
class Extender:
    """Resolves `extends` for every job of one configuration, each template once."""

    config: Table
    budget: Budget
    problems: list[Problem] = field(default_factory=list)
    _done: dict[str, Table] = field(default_factory=dict)
    _heights: dict[str, int] = field(default_factory=dict)  # levels of templates below a name

    def run(self) -> Table:
        """Return the configuration with every `extends` merged in."""
        members = {
            name: Member(member.key, self._value(name, member.value))
            for name, member in self.config.members.items()
        }
        return Table(self.config.path, self.config.node, members, self.config.parts)

    def _value(self, name: str, value: Value) -> Value:
        return self._resolve(name, value, ()) if isinstance(value, Table) else value

    def _resolve(self, name: str, job: Table, above: tuple[str, ...]) -> Table:
        if "extends" not in job.members:
            return job
        if name in self._done:
            return self._done[name]
        merged: Table | None = None
        for base in self._bases(name, job, above):
            self.budget.spend(len(base.members) + len(job.members))
            merged = base if merged is None else deep_merge(merged, base)
        result = deep_merge(merged, job) if merged else job
        self._done[name] = result
        return result

    def _bases(self, name: str, job: Table, above: tuple[str, ...]) -> list[Table]:
        found = []
        trail = (*above, name)
        for leaf in leaves(job.get("extends")):
            base_name = to_text(leaf.data)
            base = self.config.members.get(base_name)
            reason = self._refusal(base_name, base, trail)
            if reason:
                code = "undefined-extends" if base is None else "invalid-extends"
                self.problems.append(Problem(code, f"`{name}` {reason}", leaf.location, name))
            elif base and isinstance(base.value, Table):
                found.append(self._resolve(base_name, base.value, trail))
                self._heights[name] = max(self._heights.get(name, 0), 1 + self._heights.get(base_name, 0))
        return found

    def _refusal(self, base_name: str, base: Member | None, trail: tuple[str, ...]) -> str:
        if base_name in trail:
            return f"extends `{base_name}`, which extends it in turn"
        if base is None:
            return f"extends `{base_name}`, which is not defined"
        if not isinstance(base.value, Table):
            return f"extends `{base_name}`, which is no mapping"
        if len(trail) + self._heights.get(base_name, 0) > MAX_LEVELS:
            return f"extends `{base_name}` at more than {MAX_LEVELS} levels"
        return ""


def read_bases(config: Table) -> dict[str, tuple[str, ...]]:
    """Return the names that each top-level mapping extends directly, where it extends any."""
    values = {name: member.value for name, member in config.members.items()}
    found = {name: value.get("extends") for name, value in values.items() if isinstance(value, Table)}
    return {
        name: tuple(to_text(leaf.data) for leaf in leaves(extends)) for name, extends in found.items() if extends
    }


def chain(bases: Mapping[str, tuple[str, ...]], name: str, budget: Budget) -> tuple[str, ...]:
    """Return the names of all templates of a job, nearest first, each once."""
    found: dict[str, None] = {}
    level = bases.get(name, ())
    for _ in range(MAX_LEVELS + 1):
        found |= dict.fromkeys(level)
        above = [base for extending in level for base in bases.get(extending, ())]
        level = tuple(base for base in dict.fromkeys(above) if base not in found)
        budget.spend(len(above))
        if not level:
            break
    return tuple(found)
