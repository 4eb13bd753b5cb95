"""One table for all suites: what is the same everywhere is written once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from tools.debian_index.contents import classify
from tools.debian_index.ranking import ODD, Suite, rank, usable
from tools.debian_index.stanzas import relations

MOST_PACKAGES = 4
MOST_PROVIDERS = 3
LETTERS = "bkt"
Key = tuple[str, str]
Table = dict[Key, dict[str, tuple[str, ...]]]


def collect_owners(lines: Iterable[str]) -> dict[Key, set[str]]:
    """Return the packages that own each key, from the lines of Contents."""
    found: dict[Key, set[str]] = defaultdict(set)
    for line in lines:
        path, _, owners = line.rpartition(" ")
        key = classify(path.rstrip()) if path else None
        if key:
            found[key].update(owner.rpartition("/")[2] for owner in owners.split(","))
    return _without_longer_sonames(found)


def _without_longer_sonames(found: dict[Key, set[str]]) -> dict[Key, set[str]]:
    """Drop `libz.so.1.2.13` where the same package has `libz.so.1`: programs ask for the shorter one."""
    return {
        key: owners
        for key, owners in found.items()
        if not (key[0] == "so" and _has_shorter(found, key[1], owners))
    }


def _has_shorter(found: Mapping[Key, set[str]], name: str, owners: set[str]) -> bool:
    head, marker, version = name.partition(".so.")
    while marker and "." in version:
        version = version.rpartition(".")[0]
        if found.get(("so", f"{head}.so.{version}")) == owners:
            return True
    return False


def add_suite(table: Table, letter: str, suite: Suite, owners: Mapping[Key, set[str]]) -> None:
    """Put the ranked owners of one suite into the table."""
    for (kind, key), names in owners.items():
        chosen = usable(names, kind)
        if kind != "so":
            chosen = list({suite.general.get(name, name) for name in chosen})
        ordered = sorted(chosen, key=lambda name: rank(suite, name))[:MOST_PACKAGES]
        if ordered:
            table.setdefault((kind, key), {})[letter] = tuple(ordered)


def keep_split_packages(table: Table, suites: Mapping[str, Suite]) -> None:
    """Let a package that was split stay the answer while it depends on its parts (libglib2.0-dev)."""
    for (kind, _), answers in table.items():
        if kind in ("so", "bin"):
            continue
        for new, olds in (("t", "kb"), ("k", "b")):
            old = next((letter for letter in olds if letter in answers), None)
            if new in answers and old:
                answers[new] = _with_whole(answers[new], answers[old][0], suites.get(new))


def _with_whole(answer: tuple[str, ...], whole: str, suite: Suite | None) -> tuple[str, ...]:
    stanza = suite.packages.get(whole) if suite else None
    if stanza is None or suite is None or whole in answer:
        return answer
    depends = {group[0] for group in relations(stanza.get("Depends", ""))}
    if answer[0] in depends and suite.build_uses[whole] >= suite.build_uses[answer[0]]:
        return (whole, *answer[: MOST_PACKAGES - 1])
    return answer


def file_lines(table: Table) -> list[str]:
    """Return the table as sorted lines: suites that agree stand together."""
    return sorted(f"{kind}\t{key}\t{_groups(answers)}" for (kind, key), answers in table.items())


def _groups(answers: Mapping[str, tuple[str, ...]]) -> str:
    groups: dict[str, str] = defaultdict(str)
    for letter in LETTERS:
        if letter in answers:
            groups[" ".join(answers[letter])] += letter
    if list(groups.values()) == [LETTERS]:
        return next(iter(groups))
    return ";".join(f"{letters}={packages}" for packages, letters in groups.items())


def package_lines(suites: Mapping[str, Suite]) -> list[str]:
    """Return every package name: suites, score, section, successor or provider, versions."""
    provided = {letter: _providers(suite) for letter, suite in suites.items()}
    names = {name for suite in suites.values() for name in suite.packages}
    names |= {name for found in provided.values() for name in found if not ODD.search(name)}
    return sorted(_package_line(name, suites, provided) for name in names)


def _providers(suite: Suite) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for package, stanza in suite.packages.items():
        for group in relations(stanza.get("Provides", "")):
            found[group[0]].append(package)
    return found


def _package_line(name: str, suites: Mapping[str, Suite], provided: Mapping[str, Mapping[str, list[str]]]) -> str:
    letters = "".join(letter for letter in LETTERS if letter in suites and name in suites[letter].packages)
    newest = next((suites[letter] for letter in reversed(letters)), None)
    score = max(suite.build_uses[name] for suite in suites.values())
    section = newest.packages[name].get("Section", "") if newest else "virtual"
    successors = [_whole_successor(newest, name)] if newest else []
    elsewhere = (letter for letter in LETTERS if letter in suites and letter not in letters)
    successors += [
        f"{letter}={' '.join(sorted(found)[:3])}" for letter in elsewhere if (found := provided[letter].get(name))
    ]
    versions = _versions(name, suites) if score >= 1 else ""
    return "\t".join((name, letters, f"{score:.0f}", section, ";".join(filter(None, successors)), versions))


def _versions(name: str, suites: Mapping[str, Suite]) -> str:
    """Return the upstream versions by suite, `-` where a suite does not have the package."""
    stanzas = [suites[letter].packages.get(name) if letter in suites else None for letter in LETTERS]
    full = (stanza.get("Version", "") if stanza else "" for stanza in stanzas)
    upstream = (version.partition(":")[2] or version for version in full)
    return " ".join(version.rpartition("-")[0] or version or "-" for version in upstream)


def _whole_successor(suite: Suite, name: str) -> str:
    """Return the only dependency of a transitional package; empty for any other."""
    stanza = suite.packages[name]
    if "transitional" not in stanza.get("Description", "").lower():
        return ""
    groups = relations(stanza.get("Depends", ""))
    return groups[0][0] if len(groups) == 1 else ""
