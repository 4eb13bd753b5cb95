"""Real CI files with their local includes, and the same files written in other ways."""

import re

from bot.core import yamltree
from bot.core.edits.style import column
from bot.core.snapshot import Snapshot
from bot.core.source import SourceFile, UnreadableSourceError
from tests.shared_data import SHARED

NAME = ".gitlab-ci.yml"


def configurations():
    """The text files of each configuration of the corpus, by the configuration's name."""
    found = {}
    for path in sorted((SHARED / "corpus" / "ci-configs").glob(f"*/{NAME}")):
        files = {}
        for inner in sorted(path.parent.rglob("*")):
            name = inner.relative_to(path.parent).as_posix()
            if inner.is_file() and not name.endswith(".lock"):
                try:
                    files[name] = SourceFile.from_bytes(name, inner.read_bytes())
                except UnreadableSourceError:
                    continue
        found[path.parent.name] = Snapshot(files=files, paths=frozenset(files))
    return found


def in_variant(snapshot, rewrite):
    """The snapshot with its YAML files rewritten."""
    changed = {
        name: file.with_text(rewrite(file.text)) if name.endswith((".yml", ".yaml")) else file
        for name, file in snapshot.files.items()
    }
    return Snapshot(files=changed, paths=snapshot.paths)


def as_it_is(text):
    return text


def with_carriage_returns(text):
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def without_last_line_end(text):
    return text.rstrip("\r\n")


def with_four_spaces(text):
    """Twice the indent everywhere, dashes included; text in blocks gets more blanks, too."""
    return re.sub(
        r"^(?: |- )+", lambda found: found[0].replace(" ", "  ").replace("-  ", "-   "), text, flags=re.MULTILINE
    )


def with_dashes_below_keys(text):
    """Lists begin in the column of their key."""
    try:
        document = yamltree.parse_yaml(NAME, text)
    except yamltree.YamlError:
        return text
    lines = text.splitlines(keepends=True)
    shifts = [0] * len(lines)
    for root in document.roots:
        for node in yamltree.walk(root):
            for entry in node.entries if isinstance(node, yamltree.Mapping) and not node.flow else ():
                _shift(text, entry, shifts)
    return "".join(
        line[min(shift, len(line) - len(line.lstrip(" "))) :] for line, shift in zip(lines, shifts, strict=True)
    )


def _shift(text, entry, shifts):
    value = entry.value
    if not isinstance(value, yamltree.Sequence) or value.flow or not value.items:
        return
    by = column(text, value.start) - column(text, entry.key.outer_start)
    for line in range(text.count("\n", 0, value.start), text.count("\n", 0, value.end) + 1):
        shifts[line] += by


VARIANTS = (as_it_is, with_carriage_returns, without_last_line_end, with_four_spaces, with_dashes_below_keys)
