"""What jobs inherit: `default`, the older global keywords, `variables`, and `inherit` that limits both."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.ci.values import Leaf, Member, Table, Value, texts
from bot.core.ci.variables import Variables

GLOBAL_KEYWORDS = frozenset({"default", "include", "spec", "stages", "types", "variables", "workflow"})
OLD_GLOBAL_KEYWORDS = frozenset({"image", "services", "before_script", "after_script", "cache"})
DEFAULT_KEYWORDS = OLD_GLOBAL_KEYWORDS | {
    "artifacts",
    "hooks",
    "id_tokens",
    "identity",
    "interruptible",
    "retry",
    "tags",
    "timeout",
}


@dataclass(frozen=True, slots=True)
class Inheritance:
    """What the configuration offers to every job."""

    defaults: dict[str, Member]
    variables: Variables
    variable_members: dict[str, Member]

    def apply(self, job: Table) -> dict[str, Member]:
        """Return a job's keywords with the defaults that it does not replace; null counts as absent."""
        inherit = job.table("inherit")
        allowed = _allowed(inherit.get("default") if inherit else None)
        own = {name: member for name, member in job.members.items() if job.get(name) is not None}
        taken = {name: member for name, member in self.defaults.items() if allowed is None or name in allowed}
        return {**taken, **own}

    def variables_for(self, job: Table) -> Variables:
        """Return the global variables that a job inherits."""
        inherit = job.table("inherit")
        allowed = _allowed(inherit.get("variables") if inherit else None)
        return self.variables if allowed is None else self.variables.only(allowed)


def _allowed(value: Value | None) -> frozenset[str] | None:
    """Return the names that may be inherited; None is all."""
    if value is None or (isinstance(value, Leaf) and value.data is True):
        return None
    if isinstance(value, Leaf):
        return frozenset()
    return frozenset(text.value for text in texts(value))


def read_defaults(config: Table) -> dict[str, Member]:
    """Return the keywords of `default` and the old global ones."""
    default = config.table("default")
    found = {name: member for name, member in config.members.items() if name in OLD_GLOBAL_KEYWORDS}
    if default:
        found |= {name: member for name, member in default.members.items() if name in DEFAULT_KEYWORDS}
    return {name: member for name, member in found.items() if not _is_null(member.value)}


def _is_null(value: Value) -> bool:
    return isinstance(value, Leaf) and value.data is None
