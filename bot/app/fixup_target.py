"""What a fix-up is for, and what it looks like."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.app.fixup_branch import OWN_PREFIX
from bot.app.ports import ForgeProject, MergeRequest, NotFoundError, Services, User
from bot.app.scene import Pen, is_ours
from bot.core.policy import Policy
from bot.core.render.fixup import KIND, FixupState, without_draft
from bot.core.render.inert import code, link
from bot.core.render.marker import digest, read_marker, without_marker
from bot.core.snapshot import Snapshot


@dataclass(frozen=True, kw_only=True)
class FixupTarget:
    """A branch that is to be fixed. ``settled``: its own pipeline is finished, so what it lacks is known.

    ``origin`` is the merge request of the branch, None where the branch's own failure is fixed; ``before`` its
    failed pipeline.
    """

    services: Services
    me: User
    pen: Pen
    project: ForgeProject
    branch: str
    sha: str
    snapshot: Snapshot
    policy: Policy
    origin: MergeRequest | None = None
    before: int = 0
    settled: bool = True
    open_now: frozenset[str] = frozenset()

    @property
    def is_fork(self) -> bool:
        """Whether the branch lies in a project that the bot cannot write to."""
        return self.origin is not None and self.origin.source_project_id != self.origin.target_project_id

    @property
    def known_paths(self) -> frozenset[str]:
        """Paths that exist on the branch, as far as they were read."""
        return frozenset(self.snapshot.files)

    @property
    def about(self) -> str:
        """What the fix-up is for, as a sentence."""
        if self.origin is None:
            return f"Fixes for what fails on {code(self.branch)}:"
        return f"Fixes for {link(f'!{self.origin.iid}', self.origin.web_url)}, to be merged into its branch:"


@dataclass(frozen=True, slots=True)
class FixupResult:
    """What the note says: a sentence in Markdown, what is covered, whether the proof has ended, or a patch.

    ``withheld`` is what is proposed nowhere: a person closed the merge request ``closed``, or works on its branch.
    """

    sentence: str = ""
    iid: int | None = None
    covers: frozenset[str] = frozenset()
    ended: bool = False
    patch: str = ""
    withheld: frozenset[str] = frozenset()
    closed: int = 0


@dataclass(frozen=True, slots=True)
class Fixup:
    """A fix-up merge request with the state of its marker. ``whole``: read by itself, so with its pipeline."""

    request: MergeRequest
    state: FixupState
    whole: bool = False

    @property
    def link(self) -> str:
        """A link to it."""
        return link(f"!{self.request.iid}", self.request.web_url)

    @property
    def text(self) -> str:
        """The description as people see it."""
        return without_marker(self.request.description)

    @property
    def was_edited(self) -> bool:
        """Whether a person edited the description."""
        return digest(self.request.description) != self.state.digest

    @property
    def title(self) -> str:
        """The title without its draft mark: a person's title is kept."""
        return without_draft(self.request.title)

    @property
    def sentence(self) -> str:
        """How it stands."""
        if self.state.ready:
            return f"**{self.link} holds the fixes:** its own pipeline is green."
        if self.state.given_up:
            return f"{self.link} was tried and its pipeline still fails; it says what was tried."
        again = f", attempt {self.state.round} of 3" if self.state.round > 1 else ""
        return f"{self.link} holds the fixes{again}: a draft until its own pipeline is green."


async def find_fixups(services: Services, me: User, project_id: int, branch: str) -> list[Fixup]:
    """Return every fix-up for a branch that was ever opened, the newest first."""
    found = await services.forge.merge_requests(project_id, state="all", target_branch=branch)
    fixups = [fixup for request in found if (fixup := read_fixup(request, me)) is not None]
    return sorted(fixups, key=lambda fixup: -fixup.request.iid)


async def known_fixups(services: Services, me: User, project_id: int, branch: str, iid: int) -> list[Fixup]:
    """Return every fix-up for a branch; an open one knows what the others were about.

    ``iid`` is the one that the note tells of, 0 where it tells of none.
    """
    if iid:
        with suppress(NotFoundError):
            found = read_fixup(await services.forge.merge_request(project_id, iid), me)
            if found is not None and found.request.state == "opened":
                return [replace(found, whole=True)]
    return await find_fixups(services, me, project_id, branch)


def rejected_by(known: Sequence[Fixup]) -> frozenset[str]:
    """What people do not want to be proposed again."""
    closed = {key for fixup in known if is_rejected(fixup) for key in fixup.state.covers}
    return frozenset(closed.union(*(fixup.state.refused for fixup in known)))


def answered_by(known: Sequence[Fixup]) -> frozenset[int]:
    """The comments whose requests are done with."""
    done = {note for fixup in known if fixup.request.state != "opened" for note in fixup.state.requests}
    return frozenset(done.union(*(fixup.state.answered for fixup in known)))


def read_fixup(request: MergeRequest, me: User) -> Fixup | None:
    """Return a merge request as a fix-up of ours; None for anybody else's."""
    if not is_ours(request.author, me, request.project_id) or not request.source_branch.startswith(OWN_PREFIX):
        return None
    state = read_marker(KIND, request.description, FixupState)
    return Fixup(request, state) if state else None


def is_rejected(fixup: Fixup) -> bool:
    """Whether a person closed it."""
    return fixup.request.state == "closed" and not fixup.state.obsolete
