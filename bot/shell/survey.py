"""Reviews many projects at once: the checkouts below a folder, or the default branches of a GitLab group."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.app.ports import ForgeError, ForgeProject, Services
from bot.app.snapshots import read_commit
from bot.core.check import Report, check
from bot.core.context import Context
from bot.core.finding import Finding, Severity
from bot.core.policy import Policy
from bot.core.policy_file import policy_in
from bot.core.render.findings_json import positions
from bot.core.snapshot import DEFAULT_CI_PATH, Snapshot
from bot.shell.errors import UsageError
from bot.shell.folder import NOT_LISTED, read_folder
from bot.shell.settings import Settings
from bot.shell.wiring import open_parts

DEEPEST = 5
AT_A_TIME = 8


@dataclass(frozen=True, kw_only=True)
class Surveyed:
    """A project as reviewed; ``fault`` says why it could not be. One without Poetry is none of ours."""

    name: str
    url: str = ""
    snapshot: Snapshot
    report: Report
    fault: str = ""
    uses_poetry: bool = True

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings, each once however many jobs share it."""
        return self.report.distinct

    def count(self, severity: Severity) -> int:
        """How many findings weigh so much."""
        return sum(finding.severity is severity for finding in self.findings)

    def line(self, finding: Finding) -> int:
        """The line of a finding."""
        return positions(self.snapshot, finding.location.path, finding.location.span)[0].line


def tally(projects: Sequence[Surveyed]) -> list[tuple[str, int]]:
    """Return how many projects each rule speaks in, the most frequent rule first."""
    found = Counter(rule for one in projects for rule in {finding.rule for finding in one.findings})
    return sorted(found.items(), key=lambda entry: (-entry[1], entry[0]))


def survey_folder(root: Path) -> list[Surveyed]:
    """Review every checkout below a folder that has a CI file, the folder itself included."""
    return [_surveyed_folder(folder, folder.relative_to(root).as_posix()) for folder in _checkouts(root)]


def _checkouts(root: Path) -> Iterator[Path]:
    for path, folders, files in os.walk(root):
        folder = Path(path)
        folders[:] = sorted(name for name in folders if name not in NOT_LISTED and not name.startswith("."))
        if DEFAULT_CI_PATH in files:
            folders.clear()
            yield folder
        elif len(folder.relative_to(root).parts) >= DEEPEST:
            folders.clear()


def _surveyed_folder(folder: Path, name: str) -> Surveyed:
    try:
        snapshot = read_folder(folder)
    except UsageError as error:
        return _failed(name, str(error))
    return _reviewed(name, "", snapshot, policy_in(snapshot))


def _reviewed(name: str, url: str, snapshot: Snapshot, policy: Policy) -> Surveyed:
    concerned = Context(snapshot).uses_poetry
    report = check(snapshot, policy) if concerned else Report()
    return Surveyed(name=name, url=url, snapshot=snapshot, report=report, uses_poetry=concerned)


def _failed(name: str, fault: str, url: str = "") -> Surveyed:
    return Surveyed(name=name, url=url, snapshot=Snapshot(files={}), report=Report(), fault=fault)


async def survey_group(settings: Settings, group: str) -> list[Surveyed]:
    """Review the default branch of every project of a group that the bot is a member of.

    Raises UsageError where it is in none, or where GitLab cannot be asked.
    """
    with tempfile.TemporaryDirectory() as scratch:
        apart = settings.model_copy(update={"store_url": f"sqlite://{scratch}/survey.db"})
        async with open_parts(apart) as parts:
            try:
                known = await parts.forge.projects()
            except ForgeError as error:
                raise UsageError(str(error)) from error
            members = [one for one in known if f"{one.path}/".startswith(f"{group.strip('/')}/")]
            if not members:
                raise UsageError(f"`{group}` is no folder, and the bot is in no project of a group of that name")
            gate = asyncio.Semaphore(AT_A_TIME)
            return list(await asyncio.gather(*(_surveyed_project(parts.services, one, gate) for one in members)))


async def _surveyed_project(services: Services, project: ForgeProject, gate: asyncio.Semaphore) -> Surveyed:
    branch = project.default_branch
    try:
        async with gate:
            reading = await read_commit(services, project, branch, branch)
    except ForgeError as error:
        return _failed(project.path, str(error), project.web_url)
    return await asyncio.to_thread(_reviewed, project.path, project.web_url, reading.snapshot, reading.policy)
