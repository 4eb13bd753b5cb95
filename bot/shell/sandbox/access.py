"""Who may do what."""

from __future__ import annotations

import fnmatch

from bot.shell.sandbox.state import ADMIN, DEVELOPER, MAINTAINER, OWNER, Project, Protection, User


def level(project: Project, user: User) -> int:
    """Return a user's access level in a project, 0 for a stranger."""
    return project.members.get(user.id, OWNER if user.admin else 0)


def may_see(project: Project, user: User) -> bool:
    """Whether the project exists for that user."""
    return project.visibility == "public" or level(project, user) > 0


def protection(project: Project, branch: str) -> Protection | None:
    """Return the rule that protects a branch, None where it is free."""
    rules = project.protections.values()
    return next((rule for rule in rules if fnmatch.fnmatchcase(branch, rule.name)), None)


def may_push(project: Project, user: User, branch: str) -> bool:
    """Whether a user may push commits to a branch."""
    rule = protection(project, branch)
    needed = rule.push_level if rule else DEVELOPER
    return 0 < needed <= level(project, user)


def may_force_push(project: Project, branch: str) -> bool:
    """Whether history of the branch may be rewritten."""
    rule = protection(project, branch)
    return rule is None or rule.allow_force_push


def protect(project: Project, branch: str, push_level: int = MAINTAINER) -> None:
    """Protect a branch. A level of 0 lets nobody push."""
    project.protections[branch] = Protection(name=branch, push_level=push_level or ADMIN + 1)
