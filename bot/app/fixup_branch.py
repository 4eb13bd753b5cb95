"""The branch of a fix-up merge request: pushed by us, and left alone once anybody else has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.app.ports import Commit, FileChange, FileSet, ForgeProject, NotFoundError, Services
from bot.app.scene import Pen
from bot.core.fixup_plan import FixPlan, Step
from bot.core.render.fixup import FixupState, commit_message, is_our_message

OWN_PREFIX = "scansion/"
_HOUR_S = 3600.0
_COMMITS = 20


class LimitReachedError(Exception):
    """The operator's limit on pushes or open fix-ups; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Branch:
    """Where a fix-up lives, and how to write there."""

    services: Services
    pen: Pen
    project: ForgeProject
    name: str
    fingerprint: str

    async def push(self, steps: Sequence[Step], start: str, known: frozenset[str]) -> Commit:
        """Build the branch anew: one commit a step on the start commit. ``known`` are paths that exist there."""
        await self._count()
        await self.pen.ready()
        commit = Commit(start)
        for number, step in enumerate(steps):
            last = number == len(steps) - 1
            commit = await self.services.forge.commit(
                self.project.id,
                branch=self.name,
                start_sha=commit.sha,
                message=commit_message(step, self.fingerprint, last=last),
                changes=[
                    FileChange(path, _with_bom(file.has_bom, file.text), create=path not in known)
                    for path, file in sorted(step.files.items())
                ],
                force=True,
            )
        return commit

    async def begun(self, plan: FixPlan) -> tuple[Branch, Commit | None]:
        """Return where to push; and the head where the plan is there already: a worker died before it said so.

        A branch that was left behind with a person's commits on it is left alone: another name is taken.
        """
        branch, number = self, 1
        while (head := await branch._head()) is not None:
            if is_our_message(head.message, self.fingerprint) and head.author_email == head.committer_email:
                return branch, head if await branch._holds(plan, head.sha) else None
            number += 1
            branch = replace(self, name=f"{self.name}-{number}")
        return branch, None

    async def _head(self) -> Commit | None:
        try:
            head, _ = await self.services.forge.branch(self.project.id, self.name)
        except NotFoundError:
            return None
        return head

    async def _holds(self, plan: FixPlan, sha: str) -> bool:
        files = plan.files
        [found] = await self.services.forge.file_sets([FileSet(self.project.path, sha, frozenset(files))])
        return all(found.get(path) == file.to_bytes() for path, file in files.items())

    async def is_touched(self, state: FixupState, head: str) -> bool:
        """Whether anybody but us has committed to it (by author, by committer, by our trailer) or deleted it."""
        if head == state.pushed:
            return False
        try:
            commits = await self.services.forge.commits(self.project.id, self.name, _COMMITS)
        except NotFoundError:
            return True
        for commit in commits:
            if commit.sha == state.base:
                return False
            emails = {commit.author_email, commit.committer_email} - {""}
            if emails - {state.email} or not is_our_message(commit.message, self.fingerprint):
                return True
        return True

    async def _count(self) -> None:
        """Pushes cost the project pipelines: rebuilds count as well."""
        hour = int(self.services.clock.now() // _HOUR_S)
        key = f"pushes:{self.project.id}:{hour}"
        done = int(await self.services.memory.get(key) or 0)
        if done >= self.services.choices.fixup_pushes_per_hour:
            raise LimitReachedError("The limit of fix-up pushes for this hour is reached; it goes on in the next.")
        await self.services.memory.set(key, str(done + 1), keep_s=2 * _HOUR_S)


def _with_bom(has_bom: bool, text: str) -> str:  # noqa: FBT001 - private
    return ("\ufeff" if has_bom else "") + text
