"""Broken and hostile CI files, made from good ones: for the hypothesis test and the long bench run."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random

from bot.core.ci.model import Location, Pipeline
from bot.core.ci.reader import read_ci
from bot.core.snapshot import DEFAULT_CI_PATH, Snapshot
from bot.core.source import SourceFile, UnreadableSourceError

_TOKENS = (
    *"[]{}|>&*!%@`?:-#,'\"\t\r\n\0 ~",
    *("&a ", "*a ", "<<: *a\n", "!reference [a, script]", "---\n", "...\n", "$[[ inputs.a ]]", "? ", "- - - "),
    *("spec:\n  inputs:\n    a:\n---\n", "extends: test\n", "include: a.yml\n", "{{ x }}", "{% if a %}"),
    *("\ufeff", "\u2028", "\x85", "\U0001f600", "\xe9", "null", "2026-01-01", "\r\n", "  "),
    *("rules: [{if: '$A =~ /(/'}]\n", "parallel: {matrix: [{A: [1, 2]}]}\n"),
)


def mutate(data: bytes, random: Random) -> bytes:
    """Return the bytes with one to four changes."""
    for _ in range(random.randint(1, 4)):
        data = random.choice(_MUTATIONS)(data, random)
    return data


def _truncate(data: bytes, random: Random) -> bytes:
    return data[: random.randint(0, len(data))]


def _flip(data: bytes, random: Random) -> bytes:
    if not data:
        return data
    at = random.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << random.randrange(8))]) + data[at + 1 :]


def _insert(data: bytes, random: Random) -> bytes:
    at = random.randint(0, len(data))
    return data[:at] + random.choice(_TOKENS).encode() + data[at:]


def _repeat(data: bytes, random: Random) -> bytes:
    start = random.randint(0, len(data))
    piece = data[start : start + random.randint(0, 200)]
    return data[:start] + piece * random.randint(2, 5) + data[start:]


def _cut(data: bytes, random: Random) -> bytes:
    start = random.randint(0, len(data))
    return data[:start] + data[start + random.randint(0, 200) :]


def _swap_lines(data: bytes, random: Random) -> bytes:
    lines = data.split(b"\n")
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _indent(data: bytes, random: Random) -> bytes:
    lines = data.split(b"\n")
    at = random.randrange(len(lines))
    lines[at] = b" " * random.randint(0, 6) + lines[at].lstrip()
    return b"\n".join(lines)


def _rename(data: bytes, random: Random) -> bytes:
    words = data.split()
    if not words:
        return data
    return data.replace(random.choice(words), random.choice(words), random.randint(1, 3))


_MUTATIONS: tuple[Callable[[bytes, Random], bytes], ...] = (
    _truncate, _flip, _insert, _insert, _repeat, _cut, _swap_lines, _indent, _rename,
)  # fmt: skip


@cache
def hostile_files() -> dict[str, bytes]:
    """Return files that are made to use up memory, time or the stack."""
    bomb = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    bomb += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    references = ["a0: {script: [x, x]}"]
    references += [
        f"a{n}: {{script: [{', '.join([f'!reference [a{n - 1}, script]'] * 9)}]}}" for n in range(1, 30)
    ]
    deep = [f"a{n}: {{script: {'[' * 90}!reference [a{n - 1}, script]{']' * 90}}}" for n in range(1, 10)]
    aliases = [f"a{n}: &a{n} {'[' * 90}*a{n - 1}{']' * 90}" for n in range(1, 30)]
    doubled = ["variables:", "  V0: xxxxxxxxxx"] + [f"  V{n}: $V{n - 1}$V{n - 1}" for n in range(1, 60)]
    levels = "".join(f"{' ' * n}a{n}:\n" for n in range(1500))
    chain = "".join(f"j{n}: {{extends: j{n + 1}, script: [a]}}\n" for n in range(1500))
    product = ", ".join(f"A{n}: [1, 2, 3, 4, 5, 6, 7, 8, 9]" for n in range(30))
    return {
        "alias bomb": "\n".join(bomb).encode(),
        "reference bomb": "\n".join(references).encode(),
        "deep references": "\n".join(["a0: {script: [x]}", *deep]).encode(),
        "deep aliases": "\n".join(["a0: &a0 [x]", *aliases, "test: {script: *a29}"]).encode(),
        "variable bomb": ("\n".join([*doubled, "test: {script: [a], image: $V59}"])).encode(),
        "deep flow": b"[" * 1_000_000,
        "deep mappings": b"{a: " * 500_000,
        "deep dashes": b"- " * 1_000_000,
        "deep block": levels.encode(),
        "long chain of extends": chain.encode(),
        "matrix of 9^30": f"test: {{script: [a], parallel: {{matrix: [{{{product}}}]}}}}".encode(),
        "ten megabytes": b"test:\n  script:\n" + b"    - echo hello\n" * 620_000,
        "ten megabytes of nothing": b"\n" * 10_000_000,
        "one line of ten megabytes": b"a: " + b"x" * 10_000_000,
        "many keys": b"".join(b"k%d: v\n" % n for n in range(150_000)),
        "many stars": b"include: '" + b"*a" * 20_000 + b".yml'\n",
        "many braces": b"test: {script: [a], rules: [{exists: ['" + b"{a,b}" * 5_000 + b"']}]}",
        "many anchors": b"".join(b"k%d: &a%d [*a%d]\n" % (n, n, max(n - 1, 0)) for n in range(1, 20_000)),
        "a condition of parentheses": b"test: {script: [a], rules: [{if: '" + b"(" * 9_000 + b"'}]}",
        "a number of many digits": b"test: {script: [a], variables: {A: " + b"9" * 1_000_000 + b"}}",
        "open quotes": b'test: "' * 100_000,
        "not UTF-8": bytes(range(256)) * 100,
    }


def read_anything(data: bytes) -> str:
    """Read a file as the shell would; return what came of it, after checking that every place is in the file."""
    try:
        file = SourceFile.from_bytes(DEFAULT_CI_PATH, data)
    except UnreadableSourceError:
        return "unreadable"
    snapshot = Snapshot(files={DEFAULT_CI_PATH: file})
    pipeline, problem = read_ci(snapshot)
    if pipeline is not None:
        _check_places(pipeline, file.text)
        return "read"
    assert problem is not None
    assert problem.location.span.end <= len(file.text)
    return problem.code


def _check_places(pipeline: Pipeline, text: str) -> None:
    places: list[Location] = [problem.location for problem in pipeline.problems]
    for job in pipeline.jobs:
        assert len(job.data) <= len(text)
        places += [job.key, *job.origins.values()]
        for line in (*job.script, *job.after_script):
            places.append(line.location)
            pairs = zip(line.offsets, line.text, strict=bool(line.offsets))
            assert all(at == -1 or text[at] == letter or letter == "\n" for at, letter in pairs)
    assert all(place.span.end <= len(text) for place in places)
