"""What installing a lock file in a job's image will miss, before any pipeline runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from bot.core.ci.model import Job
from bot.core.context import Context
from bot.core.finding import Confidence
from bot.core.python.lock import Lock, LockedPackage
from bot.core.python.poetry_config import PoetryConfig
from bot.core.python.project import Project
from bot.core.shell_script.poetry_call import PoetryCall, poetry_calls
from bot.core.shell_script.reader import missing_scripts
from bot.core.shell_script.system_install import SystemInstall, system_installs
from bot.core.system.debian import stands_for, successor, suite_letter
from bot.core.system.images import KnownImage
from bot.core.system.names import BRINGS, RPM, family_of, tool_packages, translate, without_brought
from bot.core.system.needs import Needs, find_needs
from bot.core.system.selection import selection_of
from bot.core.system.wheels import Selection, Target, applies, has_wheel, is_built, nearest_wheel, target_of

# Backports of a newer Python's modules: old lock files keep them without saying for which Python.
BACKPORT = re.compile(r"^backports|^typed-ast$|^dataclasses$|^pysha3$|^subprocess32$|^scandir$")
C_LIBRARIES = frozenset({"libc6-dev"})  # on Debian most development packages bring it
FORMAT_WITH_GROUPS = "2.1"
# Packages that do for each other, whatever their names.
SAME = (
    ("default-libmysqlclient-dev", "libmysqlclient-dev", "libmariadb-dev", "libmariadb-dev-compat"),
    ("libcurl4-openssl-dev", "libcurl4-gnutls-dev", "libcurl4-nss-dev"),
    ("libjpeg-dev", "libjpeg62-turbo-dev", "libjpeg-turbo8-dev", "libjpeg8-dev"),
    ("libpq-dev", "postgresql-dev", "postgresql-server-dev-all", "postgresql-libs"),
    ("gcc", "clang"),
    ("pkg-config", "pkgconf", "pkgconf-pkg-config", "pkgconfig"),
    ("libxslt1-dev", "libxslt-dev"),
    ("cargo", "cargo-web", "rustup"),
    ("rustc", "rustc-web", "rustup", "rust"),
    ("libldap2-dev", "libldap-dev"),
)


@dataclass(frozen=True, slots=True)
class Missing:
    """A locked package that is built from source, and the system packages that this takes and nobody installs.

    ``elsewhere`` is the nearest target for which there is a wheel.
    """

    package: LockedPackage
    needs: Needs
    packages: tuple[str, ...]
    elsewhere: Target | None = None

    def suits(self, target: Target) -> bool:
        """Whether a build on the target will do: a release without wheels for just this Python may not know it."""
        return self.elsewhere is None or self.elsewhere.python == target.python


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """What one install command will miss on one image; ``missing`` is sorted by package."""

    image: KnownImage
    missing: tuple[Missing, ...]
    packages: tuple[str, ...]
    confidence: Confidence


@dataclass(frozen=True, kw_only=True)
class Locked:
    """The packaging files of a project, as far as a prediction wants them."""

    lock: Lock
    project: Project | None
    config: PoetryConfig


def predict(job: Job, call: PoetryCall, locked: Locked, image: KnownImage) -> Prediction | None:
    """Return what a `poetry install` of a job will miss; None where nothing is, or nothing can be said."""
    target = target_of(image.facts)
    installs = tuple(system_installs(job.commands))
    if target is None or not all(word.known for install in installs for word in install.packages):
        return None
    selection = selection_of(call, job, locked.project, locked.config)
    there = _there(image, installs)
    found = tuple(_missing(locked, target, selection, image, there))
    certain = tuple(item for item in found if item.needs.certain and _is_taken(item.package, locked))
    missing = certain or found  # what is less certain is said when the certain part is cured
    if not missing:
        return None
    every = {name for item in missing for name in item.packages}
    fitting = all(item.suits(target) for item in missing)
    sure = certain and fitting and image.complete and _is_indexed(image) and not missing_scripts(job)
    return Prediction(
        image=image,
        missing=missing,
        packages=tuple(sorted(without_brought(every, image.facts.distribution))),
        confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
    )


def predicted_packages(job: Job, context: Context, image: KnownImage) -> tuple[str, ...]:
    """Return the system packages that the job's install of the lock file lacks for certain."""
    lock = context.lock
    call = installing_call(job)
    if lock is None or lock.error or call is None:
        return ()
    locked = Locked(lock=lock, project=context.project, config=context.poetry_config)
    prediction = predict(job, call, locked, image)
    return prediction.packages if prediction and prediction.confidence is Confidence.HIGH else ()


def installing_call(job: Job) -> PoetryCall | None:
    """Return the job's first call that installs the lock file of the repository's root."""
    calls = poetry_calls(job.commands)
    return next((call for call in calls if call.is_install and call.directory == ""), None)


def _missing(
    locked: Locked, target: Target, selection: Selection, image: KnownImage, there: frozenset[str]
) -> Iterator[Missing]:
    for package in sorted(locked.lock.packages, key=lambda entry: entry.name):
        needs = find_needs(package.name, package.version)
        if needs is None or needs.optional or not needs.compiled:
            continue
        if not _is_candidate(package, locked, target, selection):
            continue
        names = _needed(needs, image)
        lacking = {name for name in names if not _is_there(name, there)}
        if lacking - C_LIBRARIES:
            names = without_brought(lacking, image.facts.distribution)
            forced = has_wheel(package, target)
            yield Missing(package, needs, tuple(sorted(names)), None if forced else nearest_wheel(package, target))


def _is_candidate(package: LockedPackage, locked: Locked, target: Target, selection: Selection) -> bool:
    if not locked.lock.lock_version.startswith(FORMAT_WITH_GROUPS) and BACKPORT.search(package.name):
        return False
    return not package.source and applies(package, target, selection) and is_built(package, target, selection)


def _needed(needs: Needs, image: KnownImage) -> set[str]:
    facts = image.facts
    suite = suite_letter(facts.distribution, facts.release)
    names = {name for tool in needs.tools for name in tool_packages(tool, facts.distribution, suite)}
    names |= {name for package in needs.build for name in translate(package, facts.distribution, suite)}
    return names


def _there(image: KnownImage, installs: Iterable[SystemInstall]) -> frozenset[str]:
    """Everything that the image has or the job installs, with what these bring and what does the same."""
    names = set(image.packages)
    suite = suite_letter(image.facts.distribution, image.facts.release)
    for install in installs:
        names |= install.names | {stands_for(name, suite) for name in install.names}
    names |= {brought for name in names for brought in BRINGS.get(name, ())}
    names |= {other for group in SAME if names & set(group) for other in group}
    return frozenset(names)


def _is_there(name: str, there: frozenset[str]) -> bool:
    return name in there or (successor(name) or name) in there


def _is_indexed(image: KnownImage) -> bool:
    """Whether the names for the image's distribution come from its own package index."""
    return family_of(image.facts.distribution) != RPM


def _is_taken(package: LockedPackage, locked: Locked) -> bool:
    """Whether the install takes the package for certain: the lock says its groups, or the project asks for it."""
    if package.groups:
        return True
    data = locked.project.data if locked.project else {}
    poetry = data.get("tool", {}).get("poetry", {}).get("dependencies", {})
    listed = data.get("project", {}).get("dependencies", [])
    names = {canonicalize_name(str(name)) for name, value in poetry.items() if isinstance(value, str)}
    names |= {
        canonicalize_name(re.split(r"[^\w.-]", str(text).strip(), maxsplit=1)[0])
        for text in listed
        if ";" not in str(text)
    }
    return package.name in names
