"""Packages by the names that the pipeline already uses for them."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.ci.model import Pipeline
from bot.core.shell_script.system_install import system_installs
from bot.core.system.debian import stands_for, suite_letter
from bot.core.system.distributions import package_manager
from bot.core.system.images import KnownImage
from bot.core.system.names import BRINGS, BUNDLES, DEBIAN, family_of

COMPILERS = frozenset({"gcc", "g++"})


def in_own_words(packages: Iterable[str], pipeline: Pipeline, image: KnownImage) -> frozenset[str]:
    """Return the packages with a bundle of compilers and older names in place where another job installs these."""
    wanted = frozenset(packages)
    used = _names_used(pipeline, package_manager(image.facts.distribution, image.facts.release))
    family = family_of(image.facts.distribution)
    bundle, _ = BUNDLES.get(family, ("", set()))
    if bundle in used and wanted & COMPILERS:
        wanted = (wanted - BRINGS[bundle]) | {bundle}
    if family == DEBIAN:
        suite = suite_letter(image.facts.distribution, image.facts.release)
        older = {stands_for(name, suite): name for name in sorted(used)}
        wanted = frozenset(older.get(name, name) for name in wanted)
    return wanted


def _names_used(pipeline: Pipeline, manager: str) -> frozenset[str]:
    installs = (install for job in pipeline.jobs for install in system_installs(job.commands))
    return frozenset[str]().union(*(install.names for install in installs if install.manager == manager))
