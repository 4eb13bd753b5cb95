"""Fixes for findings about jobs: planned once for all jobs that share a place, proved, or refused."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypedDict

from bot.core.ci.model import Job
from bot.core.context import Context
from bot.core.edits.target import Target, jobs_with_line, target
from bot.core.edits.text import EditRefused
from bot.core.fix import Applicability, Edit, Fix
from bot.core.shell_script.model import Command

Planner = Callable[[Target], tuple[Edit, ...]]


class Offer(TypedDict, total=False):
    """What a finding says about its fix: the fix, or why there is none."""

    fix: Fix
    fix_refused: str


def offered(
    context: Context,
    title: str,
    applicability: Applicability,
    jobs: Iterable[Job],
    planner: Planner,
    *,
    about: Hashable = None,
) -> Offer:
    """Return the fix that a planner makes for some jobs, or why it cannot be made.

    Asked twice for the same title, jobs and place (``about``), it is planned once.
    """
    chosen = tuple(jobs)
    key = (title, applicability, tuple(job.name for job in chosen), about)
    return context.remember(key, lambda: _planned(context, title, applicability, chosen, planner))


def _planned(
    context: Context, title: str, applicability: Applicability, jobs: tuple[Job, ...], planner: Planner
) -> Offer:
    if context.pipeline is None:
        return Offer()
    try:
        edits = planner(target(context.snapshot, context.pipeline, jobs))
    except EditRefused as reason:
        return Offer(fix_refused=str(reason))
    return Offer(fix=Fix(title, applicability, edits))


def jobs_of_command(context: Context, job: Job, command: Command) -> tuple[Job, ...]:
    """Return the jobs that run the very line of a command, this one among them."""
    lines = job.after_script if command.section == "after_script" else job.script
    if context.pipeline is None or not 0 <= command.line < len(lines):
        return (job,)
    return jobs_with_line(context.pipeline, lines[command.line]) or (job,)
