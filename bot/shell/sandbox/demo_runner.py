"""The runner of the demo: it plays back what the sample projects' commands really printed in such images.

The outputs were recorded in a Debian 12 root that has what `python:3.11-slim` has. Which of them a line gives
depends on what the job installed before it, so a repaired CI file ends in another log.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import resources

from bot.shell.sandbox import ci_jobs, packages
from bot.shell.sandbox.ci_jobs import CiJob
from bot.shell.sandbox.errors import ApiError
from bot.shell.sandbox.job_log import JobLog
from bot.shell.sandbox.pipelines import DEFAULT_CI_PATH
from bot.shell.sandbox.state import JobRun, Project, World

FULL_IMAGE = frozenset({"gcc", "g++", "libc6-dev", "libpq-dev", "git", "make", "pkg-config"})
BROUGHT_ALONG: Mapping[str, tuple[str, ...]] = {"build-essential": ("gcc", "g++", "libc6-dev", "make")}
RECOMMENDED: Mapping[str, tuple[str, ...]] = {"gcc": ("libc6-dev",)}
IN_DEBIAN = FULL_IMAGE | {
    "build-essential",
    "postgresql-client",
    "libssl-dev",
    "libffi-dev",
    "python3-dev",
    "curl",
}
NEW_PACKAGES = "The following NEW packages will be installed:"
NO_COMMAND = 127
NO_PACKAGE = 100
_APT = re.compile(r"apt(?:-get)?\s+(?:-\S+\s+)*install\b([^;&|]*)")


@dataclass(frozen=True)
class Printed:
    """What a command printed, how long it took, how it ended."""

    text: str = ""
    seconds: float = 0.2
    code: int = 0


@dataclass
class Machine:
    """What a job has at hand, and where it runs."""

    world: World
    project: Project
    files: Mapping[str, bytes]
    job: CiJob
    installed: set[str] = field(default_factory=set)

    @property
    def name_and_version(self) -> tuple[str, str]:
        """The Python package that the project makes."""
        table = tomllib.loads(self.files["pyproject.toml"].decode())["project"]
        return str(table["name"]), str(table["version"])


class DemoRunner:
    """Runs the pipelines of the sample projects."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __call__(self, project: Project, ref: str, files: dict[str, bytes]) -> list[JobRun]:
        """Return how each job ends; a job behind a failed stage is not run."""
        on_default = ref == project.repository.default_branch
        runs: list[JobRun] = []
        for job in ci_jobs.jobs_of(files[DEFAULT_CI_PATH], files, default_branch=on_default):
            broken = any(run.status == "failed" and run.stage != job.stage for run in runs)
            runs.append(JobRun(job.name, stage=job.stage) if broken else self._run(project, ref, files, job))
        return runs

    def _run(self, project: Project, ref: str, files: dict[str, bytes], job: CiJob) -> JobRun:
        machine = Machine(self._world, project, files, job)
        if not job.image.endswith(("slim", "alpine")):
            machine.installed |= FULL_IMAGE
        started = self._world.clock()
        log = JobLog(started)
        _prepare(log, machine, project.repository.branches.get(ref, ""), ref)
        code = _play(log, machine)
        if code == 0:
            _save_cache(log, job)
        trace = log.finish(code)
        status = "failed" if code else "success"
        return JobRun(job.name, job.stage, status, trace, "", job.allow_failure, round(log.now - started, 1))


def _prepare(log: JobLog, machine: Machine, sha: str, ref: str) -> None:
    image, project = machine.job.image, machine.project
    log.note("Running with gitlab-runner 18.6.0 (a1b2c3d4)")
    log.note("  on docker-1 t3qXmnPy, system ID: s_1fecc4caa1ce")
    log.begin("prepare_executor", 'Preparing the "docker" executor')
    log.note(f"Using Docker executor with image {image} ...")
    log.note(f"Using effective pull policy of [always] for container {image}")
    log.note(f"Pulling docker image {image} ...")
    log.now += 2.1
    log.note(f"Using docker image sha256:{'5d3c' * 16} for {image} with digest python@sha256:{'8b1e' * 16} ...")
    log.begin("prepare_script", "Preparing environment")
    log.line(f"Running on runner-t3qxmnpy-project-{project.id}-concurrent-0 via docker-1...")
    log.begin("get_sources", "Getting source from Git repository")
    log.line("\x1b[32;1mFetching changes with git depth set to 20...\x1b[0;m")
    log.line(f"Initialized empty Git repository in /builds/{project.path}/.git/")
    log.line("\x1b[32;1mCreated fresh repository.\x1b[0;m")
    log.line(f"\x1b[32;1mChecking out {sha[:8]} as detached HEAD (ref is {ref})...\x1b[0;m")
    log.line("\x1b[32;1mSkipping Git submodules setup\x1b[0;m")
    for key in machine.job.cache_keys:
        log.begin("restore_cache", "Restoring cache")
        log.line(f"\x1b[32;1mChecking cache for {key}-non_protected...\x1b[0;m")
        log.line("\x1b[32;1mSuccessfully extracted cache\x1b[0;m")
    log.begin("step_script", 'Executing "step_script" stage of the job script')


def _save_cache(log: JobLog, job: CiJob) -> None:
    for key in job.cache_keys:
        log.begin("archive_cache", "Saving cache for successful job")
        log.line(f"\x1b[32;1mCreating cache {key}-non_protected...\x1b[0;m")
        log.line("\x1b[32;1mCreated cache\x1b[0;m")


def _play(log: JobLog, machine: Machine) -> int:
    for line in machine.job.lines:
        log.command(line)
        printed = _print(machine, line)
        log.output(printed.text, printed.seconds)
        if printed.code:
            return printed.code
    return 0


def _print(machine: Machine, line: str) -> Printed:
    play = next((play for word, play in PLAYS.items() if re.search(word, line)), None)
    return play(machine, line) if play else Printed()


def _recorded(name: str) -> str:
    return (resources.files("bot.shell.sandbox") / "demo" / "logs" / f"{name}.txt").read_text("utf-8")


def _apt(machine: Machine, line: str) -> Printed:
    found = _APT.search(line)
    words = shlex.split(found[1].replace("\\\n", " ")) if found else []
    wanted = [word for word in words if not word.startswith("-")]
    text = _recorded("apt-update") if "update" in line else ""
    unknown = [f"E: Unable to locate package {name}" for name in wanted if name not in IN_DEBIAN]
    if unknown:
        return Printed("\n".join([text, *unknown]), 3, NO_PACKAGE)
    alone = "--no-install-recommends" in words
    for name in wanted:
        machine.installed |= {name, *BROUGHT_ALONG.get(name, ()), *(() if alone else RECOMMENDED.get(name, ()))}
    steps = [f"Setting up {name} ..." for name in wanted]
    head = [
        "Reading package lists...",
        "Building dependency tree...",
        "The following NEW packages will be installed:",
    ]
    return Printed("\n".join([text.rstrip("\n"), *head, f"  {' '.join(wanted)}", *steps] if wanted else [text]), 9)


def _pip(_machine: Machine, line: str) -> Printed:
    return Printed(_recorded("pip-install-poetry"), 11) if "poetry" in line else Printed("", 2)


def _install(machine: Machine, _line: str) -> Printed:
    needs_postgres = b'name = "psycopg2"' in machine.files["poetry.lock"]
    wanted = (
        ("libpq-dev", "install-without-pg-config"),
        ("gcc", "install-without-compiler"),
        ("libc6-dev", "install-without-headers"),
    )
    missing = next((log for package, log in wanted if package not in machine.installed), None)
    if needs_postgres and missing:
        return Printed(_recorded(missing), 14, 1)
    return Printed(_recorded(f"install-{machine.name_and_version[0]}"), 19)


def _tests(machine: Machine, _line: str) -> Printed:
    python = re.search(r"python:(\d+\.\d+)", machine.job.image)
    text = _recorded(f"pytest-{machine.name_and_version[0]}")
    return Printed(text.replace("Python 3.11.7", f"Python {python[1]}.14") if python else text, 3)


def _git(machine: Machine, _line: str) -> Printed:
    if "git" in machine.installed:
        return Printed()
    return Printed("/usr/bin/bash: line 147: git: command not found", 0.1, NO_COMMAND)


def _build(machine: Machine, _line: str) -> Printed:
    return Printed(_of_project(machine, "build"), 2)


def _publish(machine: Machine, _line: str) -> Printed:
    name, version = machine.name_and_version
    wheel = packages.wheel_name(name, version)
    files = {f"{name}-{version}.tar.gz": b"sdist", wheel: b"wheel"}
    try:
        packages.publish(machine.world, machine.project, name, version, files=files)
    except ApiError:
        return Printed(_of_project(machine, "publish-taken"), 4, 1)
    return Printed(_of_project(machine, "publish"), 5)


def _of_project(machine: Machine, log: str) -> str:
    name, version = machine.name_and_version
    return _recorded(log).replace("metrum", name).replace("1.4.0", version)


PLAYS: Mapping[str, Callable[[Machine, str], Printed]] = {
    r"\bapt(-get)?\b": _apt,
    r"\bpip install\b": _pip,
    r"\bpoetry install\b": _install,
    r"\bpytest\b": _tests,
    r"\bgit\b(?!lab)": _git,
    r"\bpoetry build\b": _build,
    r"\bpoetry publish\b": _publish,
}
