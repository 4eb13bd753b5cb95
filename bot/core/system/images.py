"""What an image is made of: distribution, release, C library, Python, and the packages that it has."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache

from bot.core.diagnosis import ImageFacts
from bot.core.system.contents import base_packages, python_packages
from bot.core.system.distributions import find_distribution
from bot.core.system.references import Reference, parse_reference
from bot.core.system.tables import block_table, table_rows

PYTHON_TAG = re.compile(
    r"^(?P<version>\d+(?:\.\d+)*)?(?:(?:a|b|rc)\d+)?-?(?P<slim>slim)?-?"
    r"(?:(?P<alpine>alpine)(?P<alpine_release>\d+\.\d+)?|(?P<suite>[a-z]+))?$"
)
MINOR = re.compile(r"^\d+\.\d+")
ROOTLESS = re.compile(r"/ubi\d+/python-|jupyter/|mambaorg/|^selenium/|^cimg/|^circleci/")
FACT_NAMES = tuple(entry.name for entry in fields(ImageFacts))
RHEL_REBUILDS = dict.fromkeys(("rockylinux", "almalinux", "centos", "oraclelinux"), "rhel")
BARE = frozenset({"debian", "ubuntu", "alpine", "fedora", "amazonlinux", *RHEL_REBUILDS})
ON_BUILDPACK = frozenset({"node", "ruby", "perl", "rust", "gcc", "pypy"})  # their full variants


@dataclass(frozen=True, kw_only=True)
class KnownImage:
    """An image that was recognised, wholly or in part.

    ``packages`` are the distribution's packages in it; ``complete``: nothing else is in it. ``own_python``: Python
    was built into `/usr/local` with its headers, as the official images do; the distribution's Python is another.
    """

    facts: ImageFacts
    flavour: str = ""
    packages: frozenset[str] = frozenset()
    complete: bool = False
    own_python: bool = False
    root: bool = True


def describe_image(reference: str, today: date | None = None) -> ImageFacts:
    """Say what is known of an image by its reference; ``today`` decides where a floating tag points."""
    return inspect_image(reference, today).facts


@lru_cache(maxsize=256)
def inspect_image(reference: str, today: date | None = None) -> KnownImage:
    """Recognise an image by its reference and list the packages in it."""
    parsed = parse_reference(reference)
    known = _recognise(parsed, today) if parsed else None
    if known is None:
        return KnownImage(facts=ImageFacts(reference=reference))
    return replace(known, facts=replace(known.facts, reference=reference))


def known_image(facts: ImageFacts) -> KnownImage:
    """Return the image that facts speak of; what they say goes before what the table says of the reference."""
    known = inspect_image(facts.reference)
    if not facts.distribution:
        return known
    if known.facts.distribution != facts.distribution:
        return KnownImage(facts=facts)
    told = {name: value for name in FACT_NAMES if (value := getattr(facts, name))}
    return replace(known, facts=replace(known.facts, **told))


def _recognise(reference: Reference, today: date | None) -> KnownImage | None:
    if reference.name == "python":
        return _official_python(reference.tag, today)
    return _official_other(reference) or _other(reference, today)


def _official_python(tag: str, today: date | None) -> KnownImage | None:
    state = block_table("docker-python-tags").row(tag) or _like_known_tag(tag)
    if not state or state[1] == "windows":
        return None
    version, distribution, release, flavour = state
    moved = _place_on(tag, today) if today else None
    distribution, release = moved or (distribution, release)
    return KnownImage(
        facts=_facts(distribution, release, _minor(version)),
        flavour=flavour,
        packages=python_packages(release, flavour),
        complete=True,
        own_python=True,
    )


def _like_known_tag(tag: str) -> tuple[str, ...]:
    """Return the state of a tag that is newer than the table: that of its minor version, else of its suite."""
    match = PYTHON_TAG.match(tag)
    if not match or not match["version"]:
        return ()
    version = match["version"]
    rest = tag[len(version) :]
    for head in (".".join(version.split(".")[:2]), version.split(".")[0]):
        state = block_table("docker-python-tags").row(head + rest)
        if state:
            return (version, *state[1:])
    return _unseen_suite(match, version)


def _unseen_suite(match: re.Match[str], version: str) -> tuple[str, ...]:
    if match["alpine_release"]:
        return (version, "alpine", match["alpine_release"], "alpine")
    if match["suite"] and find_distribution("debian", match["suite"]):
        return (version, "debian", match["suite"], "slim" if match["slim"] else "full")
    return ()


def _place_on(tag: str, day: date) -> tuple[str, str] | None:
    """Return where a floating tag pointed on a day, None where the table has no move up to that day."""
    moves = [row for row in table_rows("docker-python-tag-moves") if row[0] == tag and row[1] <= day.isoformat()]
    return (moves[-1][2], moves[-1][3]) if moves else None


def _official_other(reference: Reference) -> KnownImage | None:
    state = block_table("docker-base-tags").row(reference.name, reference.tag) or _distribution_tag(reference)
    if not state or state[0] == "windows":
        return None
    distribution, release = RHEL_REBUILDS.get(state[0], state[0]), state[1]
    layer = _buildpack_layer(reference)
    return KnownImage(
        facts=_facts(distribution, release, ""),
        packages=base_packages(release, layer) if distribution in ("debian", "ubuntu") else frozenset(),
        complete=reference.name in BARE or bool(layer),
    )


def _distribution_tag(reference: Reference) -> tuple[str, ...]:
    """Read the release off a tag of a distribution that the table does not list: `alpine:3.25`, `debian:forky`."""
    number = re.match(r"^\d+(?:\.\d+)?|^[a-z]+", reference.tag)
    family = RHEL_REBUILDS.get(reference.name, reference.name)
    if not number or not any(row[0] == family for row in table_rows("distros")):
        return ()
    found = find_distribution(family, number[0]) or find_distribution(family, number[0].split(".")[0])
    return (family, found.release) if found else ()


def _buildpack_layer(reference: Reference) -> str:
    if reference.name in ON_BUILDPACK and not re.search("slim|alpine", reference.tag):
        return "full"
    if reference.name != "buildpack-deps":
        return ""
    return next((layer for layer in ("curl", "scm") if reference.tag.endswith(f"-{layer}")), "full")


def _other(reference: Reference, today: date | None) -> KnownImage | None:
    for pattern, distribution, release, _, has in table_rows("images-other"):
        match = re.match(pattern, str(reference))
        if match:
            groups = {name: value or "" for name, value in match.groupdict().items()}
            return _from_pattern(str(reference), (distribution, release, has), groups, today)
    return None


def _from_pattern(
    reference: str, row: tuple[str, str, str], groups: dict[str, str], today: date | None
) -> KnownImage | None:
    distribution, release, has = (_fill(text, groups) for text in row)
    base, _, extra = has.partition(" ") if has.startswith("=") else ("", "", has)
    root = not ROOTLESS.search(reference)
    python = groups.get("python", "")
    if "/python-3" in reference and distribution == "rhel":
        python = f"3.{python}"
    if base and "-" not in base and groups.get("release"):
        base += "-" + groups["release"].strip("-")
    inner = inspect_image(base[1:], today) if base else None
    if inner and inner.facts.distribution:
        more = frozenset(extra.split())
        return replace(inner, packages=inner.packages | more, complete=False, root=root)
    if not distribution:
        return None
    return KnownImage(facts=_facts(distribution, release, python), packages=frozenset(extra.split()), root=root)


def _fill(text: str, groups: dict[str, str]) -> str:
    for name, value in groups.items():
        text = text.replace("{" + name + "}", value)
    return text


def _facts(distribution: str, release: str, python: str) -> ImageFacts:
    found = find_distribution(distribution, release)
    libc = found.libc if found else {"alpine": "musl"}.get(distribution, "glibc")
    return ImageFacts(
        distribution=distribution, release=found.release if found else release, libc=libc, python=python
    )


def _minor(version: str) -> str:
    match = MINOR.match(version)
    return match[0] if match else version
