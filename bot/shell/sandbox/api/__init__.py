"""The calls of the simulated REST API: one module a subject, each with its `ROUTES`."""

from __future__ import annotations

from bot.shell.sandbox.api import (
    branches,
    commits,
    discussions,
    files,
    hooks,
    jobs,
    lint,
    members,
    merge_requests,
    notes,
    packages,
    pipelines,
    projects,
    statuses,
    suggestions,
    users,
)
from bot.shell.sandbox.routing import Route

ROUTES: tuple[Route, ...] = (
    *users.ROUTES,
    *projects.ROUTES,
    *members.ROUTES,
    *files.ROUTES,
    *branches.ROUTES,
    *commits.ROUTES,
    *merge_requests.ROUTES,
    *notes.ROUTES,
    *discussions.ROUTES,
    *suggestions.ROUTES,
    *pipelines.ROUTES,
    *jobs.ROUTES,
    *lint.ROUTES,
    *packages.ROUTES,
    *statuses.ROUTES,
    *hooks.ROUTES,
)
