"""The fix for missing system packages: one install line, in the job's own style, where it is needed."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.core.ci.model import Job, Pipeline, ScriptLine
from bot.core.context import Context
from bot.core.diagnosis import Diagnosis, Install
from bot.core.edits.fragments import extend_command
from bot.core.edits.scripts import insert_line
from bot.core.edits.target import jobs_with_line, target
from bot.core.edits.text import EditRefused
from bot.core.finding import Confidence
from bot.core.fix import Applicability, Edit, Fix
from bot.core.shell_script.model import Command
from bot.core.shell_script.poetry_call import poetry_call
from bot.core.shell_script.system_install import SystemInstall, system_installs
from bot.core.snapshot import Snapshot
from bot.core.system.distributions import package_manager
from bot.core.system.images import KnownImage, inspect_image, known_image
from bot.core.system.install_command import habit_of, install_command
from bot.core.system.job_images import image_references
from bot.core.system.names import BRINGS, without_brought
from bot.core.system.predict import predicted_packages
from bot.core.system.resolve import resolve
from bot.core.system.synonyms import in_own_words

CAUSE = "missing-system-package"
NEEDING = frozenset({"pip", "pip3", "pipx", "tox", "nox", "uv", "pytest", "make"})
CONTAINER_BUILDERS = frozenset({"docker", "docker-compose", "podman", "buildah", "executor", "img", "buildctl"})
SUDO_IMAGES = ("cimg/", "circleci/")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the packages are needed: before one line of the script that some jobs run."""

    snapshot: Snapshot
    pipeline: Pipeline
    job: Job
    line: ScriptLine
    index: int


class AlreadyInstalledError(EditRefused):
    """The script installs what is missing: the log is older than the script, or the install line fails itself."""


def with_fixes(diagnosis: Diagnosis, snapshot: Snapshot, pipeline: Pipeline, job: str) -> Diagnosis:
    """Return the diagnosis with the fixes of the CI file that cure it, or with the reason why there is none."""
    try:
        fixes = _planned(diagnosis, snapshot, pipeline, job)
    except AlreadyInstalledError:
        return diagnosis
    except EditRefused as reason:
        return replace(diagnosis, fix_refused=str(reason))
    return replace(diagnosis, fixes=(*diagnosis.fixes, *fixes))


def fixes_for(diagnosis: Diagnosis, snapshot: Snapshot, pipeline: Pipeline, job: str) -> tuple[Fix, ...]:
    """Return the fixes of the CI file that cure a diagnosis; empty where there is none that is certain."""
    return with_fixes(replace(diagnosis, fixes=()), snapshot, pipeline, job).fixes


def _planned(diagnosis: Diagnosis, snapshot: Snapshot, pipeline: Pipeline, job: str) -> tuple[Fix, ...]:
    """What the lock file says the same install will miss next goes into the same line."""
    failed = pipeline.job(job)
    if diagnosis.cause != CAUSE or diagnosis.confidence is Confidence.LOW or failed is None:
        return ()
    image = _image_of(diagnosis, failed, snapshot)
    install = diagnosis.install or _resolved(diagnosis, image)
    if install is None:
        return ()
    predicted = predicted_packages(failed, Context(snapshot), image)
    packages = without_brought({*install.packages, *predicted}, image.facts.distribution)
    whole = Install(install.manager, tuple(sorted(in_own_words(packages, pipeline, image))))
    edits = install_edits(snapshot, pipeline, failed, whole, image, command=_command_of(diagnosis))
    return (install_fix(whole, edits, certain=bool(image.facts.distribution)),)


def _image_of(diagnosis: Diagnosis, job: Job, snapshot: Snapshot) -> KnownImage:
    """Return the image that the log names, else the job's own."""
    if diagnosis.image and diagnosis.image.distribution:
        return known_image(diagnosis.image)
    references = image_references(job)
    return inspect_image(references[0] if len(references) == 1 else "", snapshot.facts.today)


def _resolved(diagnosis: Diagnosis, image: KnownImage) -> Install | None:
    symptoms = [diagnosis.subject] if diagnosis.subject else []
    return resolve(image.facts, symptoms, diagnosis.python_package).install


def install_fix(install: Install, edits: tuple[Edit, ...], *, certain: bool) -> Fix:
    """Return the fix that some edits make up."""
    names = [f"`{name}`" for name in install.packages]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return Fix(f"Install {listed}", Applicability.SAFE if certain else Applicability.UNSAFE, edits)


def install_edits(
    snapshot: Snapshot, pipeline: Pipeline, job: Job, install: Install, image: KnownImage, *, command: str = ""
) -> tuple[Edit, ...]:
    """Return edits after which the job installs the packages; raises EditRefused where that cannot be done.

    ``command`` is a command that is missing itself: the packages must be there before the script calls it.
    """
    place = Place(snapshot, pipeline, job, *_needing_line(job, command))
    packages = _lacking(place, install)
    if not packages:
        raise AlreadyInstalledError("the job installs these packages already")
    for existing in _extendable(job, install.manager, place.index):
        try:
            return _extended(place, existing, packages)
        except EditRefused:
            continue
    return _inserted(place, Install(install.manager, packages), image)


def _lacking(place: Place, install: Install) -> tuple[str, ...]:
    """Return the packages that no install command of the job has, nor brings before they are needed."""
    installs = tuple(system_installs(place.job.commands))
    named = frozenset[str]().union(*(found.names for found in installs))
    before = (found for found in installs if _is_sure(found, install.manager, place.index))
    brought = {other for found in before for name in found.names for other in BRINGS.get(name, ())}
    return tuple(name for name in install.packages if name not in named | brought)


def _command_of(diagnosis: Diagnosis) -> str:
    subject = diagnosis.subject
    return subject.name if subject and subject.kind in ("command", "compiler") else ""


def _needing_line(job: Job, missing: str) -> tuple[ScriptLine, int]:
    """Return the first line that needs the packages, and its index; the first of all where none can be told."""
    if not job.script:
        raise EditRefused(f"the job `{job.name}` has no script")
    needing = (found for found in job.commands if found.name == missing or _needs_packages(found))
    index = next((found.line for found in needing if found.line >= 0), None)
    if index is None and any(found.name in CONTAINER_BUILDERS for found in job.commands):
        raise EditRefused(
            f"the job `{job.name}` builds a container image: the packages belong into its Dockerfile"
        )
    return job.script[index or 0], index or 0


def _needs_packages(command: Command) -> bool:
    call = poetry_call(command)
    if call is not None:
        return call.subcommand in ("install", "sync", "update", "add", "run")
    return command.name in NEEDING and not _installs_poetry(command)


def _installs_poetry(command: Command) -> bool:
    """Whether a line such as `pip install poetry` sets Poetry up: it takes wheels and needs no system package."""
    return any(text.partition("=")[0].partition("[")[0] == "poetry" for text in command.arguments)


def _extendable(job: Job, manager: str, before: int) -> Iterator[Command]:
    """Yield the job's install commands that run in any case before the packages are needed, the last one first."""
    found = [install for install in system_installs(job.commands) if _is_sure(install, manager, before)]
    yield from (install.command for install in reversed(found))


def _is_sure(install: SystemInstall, manager: str, before: int) -> bool:
    command = install.command
    return (
        install.manager == manager
        and bool(install.packages)
        and 0 <= command.line <= before
        and not command.conditional
        and not command.origin
    )


def _extended(place: Place, command: Command, packages: tuple[str, ...]) -> tuple[Edit, ...]:
    jobs = _jobs_in_need(place, place.job.script[command.line], frozenset(packages))
    return extend_command(target(place.snapshot, place.pipeline, jobs), command, map(shlex.quote, packages))


def _inserted(place: Place, install: Install, image: KnownImage) -> tuple[Edit, ...]:
    habit = habit_of(place.pipeline, place.job, install.manager)
    sudo = habit.sudo if habit else not image.root
    if sudo and not habit and not str(image.facts.reference).startswith(SUDO_IMAGES):
        raise EditRefused(f"the user of the image `{image.facts.reference}` may not install packages")
    line = install_command(install.manager, install.packages, habit, sudo=sudo)
    jobs = _jobs_in_need(place, place.line, frozenset(install.packages))
    return insert_line(target(place.snapshot, place.pipeline, jobs), line, place.line)


def _jobs_in_need(place: Place, line: ScriptLine, packages: frozenset[str]) -> list[Job]:
    """Return the jobs that run a line and miss the same packages: the same manager, and an image without them."""
    sharing = jobs_with_line(place.pipeline, line)
    wanted = _managers(place.job)
    return [job for job in sharing if job is place.job or (_managers(job) == wanted and not _has(job, packages))]


def _managers(job: Job) -> frozenset[str]:
    images = (inspect_image(reference).facts for reference in image_references(job))
    return frozenset(package_manager(facts.distribution, facts.release) for facts in images)


def _has(job: Job, packages: frozenset[str]) -> bool:
    return all(inspect_image(reference).packages >= packages for reference in image_references(job))
