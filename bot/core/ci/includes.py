"""`include`: the files that GitLab merges below the CI file, as far as they are at hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.core import yamltree
from bot.core.ci.budget import Budget
from bot.core.ci.globs import matching
from bot.core.ci.inputs import body_start, interpolate, is_header, read_inputs
from bot.core.ci.load import Loader
from bot.core.ci.merge import deep_merge
from bot.core.ci.model import Answer, Problem, UnknownInclude
from bot.core.ci.places import Relocation
from bot.core.ci.runs_in import RunsReader
from bot.core.ci.templates import TEMPLATES
from bot.core.ci.values import Leaf, Table, Value, as_list, text_of, to_plain
from bot.core.ci.variables import Variables, expand, predefined
from bot.core.finding import Location
from bot.core.snapshot import Snapshot
from bot.core.span import Span

MAX_INCLUDES = 150
MAX_LEVELS = 50  # ours; GitLab only counts
_KINDS = ("local", "remote", "template", "project", "component")
_COMPONENT = re.compile(r"[^/]+/(?P<project>.+)/(?P<name>[\w-]+)@(?P<version>[^@]+)")


@dataclass(frozen=True, slots=True)
class Include:
    """One item of `include`: what it names, and what it passes on."""

    kind: str
    name: str
    location: Location
    inputs: Table | None = None
    written: str = ""


@dataclass
class FileReader:
    """Reads the CI file and everything that it includes. What it meets on the way stays in its fields."""

    snapshot: Snapshot
    budget: Budget
    runs: RunsReader
    documents: dict[str, yamltree.Document] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unknown: list[UnknownInclude] = field(default_factory=list)
    wanted: set[str] = field(default_factory=set)
    _count: int = 0

    def read_root(self) -> Value | None:
        """Return the CI file's configuration with its includes; raises YamlError where it is no YAML."""
        path = self.snapshot.ci_path
        return self._read(path, None, Location(path, Span(0, 0)), ())

    def _read(self, path: str, given: Table | None, user: Location, trail: tuple[str, ...]) -> Value | None:
        text = self.snapshot.files[path].text
        document = yamltree.parse_yaml(path, text)
        self.documents[path] = document
        header = self._load(document.roots[0], path) if len(document.roots) > 1 else None
        if isinstance(header, Table) and is_header(header):
            document = self._interpolated(document, header, given, user)
            root = document.roots[-1]
        elif document.roots:
            root = document.roots[0]
        else:
            return None
        value = self._load(root, path, report=True)
        return self._with_includes(value, (*trail, path)) if isinstance(value, Table) else value

    def _load(self, node: yamltree.Node, path: str, *, report: bool = False) -> Value:
        loader = Loader(path)
        value = loader.load(node)
        if report:
            self.problems += loader.problems
        return value

    def _interpolated(
        self, document: yamltree.Document, header: Table, given: Table | None, user: Location
    ) -> yamltree.Document:
        place = user if user.span.end else Location(document.path, Span(header.node.start, header.node.end))
        inputs = read_inputs(header, given, place)
        self.problems += inputs.problems
        start = body_start(document.text, document.roots[0].end)
        found = interpolate(document.text, start, inputs.values)
        if not inputs.problems:
            self.problems += [_unknown_block(document, span) for span in found.refused]
        if found.changed is None:
            return document
        relocation = Relocation(found.changed)
        parsed = yamltree.parse_yaml(document.path, found.changed.text)
        roots = (document.roots[0], *(relocation.node(root) for root in parsed.roots))
        self.documents[document.path] = yamltree.Document(document.path, document.text, roots)
        return self.documents[document.path]

    def _with_includes(self, own: Table, trail: tuple[str, ...]) -> Table:
        merged: Table | None = None
        for include in self._includes(own):
            for table in self._tables(include, trail):
                merged = deep_merge(merged, table) if merged else table
                self.budget.spend(len(merged.members))
        members = {name: member for name, member in own.members.items() if name != "include"}
        rest = Table(own.path, own.node, members, own.parts)
        return deep_merge(merged, rest) if merged else rest

    def _includes(self, own: Table) -> Iterator[Include]:
        for item in as_list(own.get("include")):
            include = self._include(item)
            if include is None:
                message = "an include is a path, or a mapping with " + ", ".join(f"`{kind}`" for kind in _KINDS)
                self.problems.append(Problem("invalid-include", message, item.location))
            elif self._applies(item):
                yield include

    def _applies(self, item: Value) -> bool:
        rules = item.get("rules") if isinstance(item, Table) else None
        return rules is None or self.runs.any_run(rules) is not Answer.NO

    def _include(self, item: Value) -> Include | None:
        if isinstance(item, Leaf):
            name = self._expanded(item)
            return Include("remote" if "://" in name else "local", name, item.location, written=_json(item))
        if not isinstance(item, Table):
            return None
        kind = next((kind for kind in _KINDS if text_of(item.get(kind))), "")
        named = item.get(kind)
        if not isinstance(named, Leaf):
            return None
        return Include(kind, self._expanded(named), item.location, item.table("inputs"), _json(item))

    def _expanded(self, leaf: Leaf) -> str:
        text = leaf.text.value
        known = expand(text, Variables(), predefined(self.snapshot.facts))
        return text if known is None else known

    def _tables(self, include: Include, trail: tuple[str, ...]) -> Iterator[Table]:
        paths = self._paths(include)
        if include.kind == "template" and include.name in TEMPLATES:
            yield self._template(include)
            return
        if paths is None:
            self.unknown.append(UnknownInclude(include.kind, include.name, include.location, include.written))
            return
        for path in paths:
            table = self._included(path, include, trail)
            if table:
                yield table

    def _template(self, include: Include) -> Table:
        """Return a template of GitLab itself; all of it stands at the include."""
        path = include.location.path
        place = self.documents[path].node_at(include.location.span)
        parsed = yamltree.parse_yaml(path, TEMPLATES[include.name])
        table = Loader(path, place).load(parsed.roots[0])
        if not isinstance(table, Table):
            raise TypeError(include.name)
        return table

    def _paths(self, include: Include) -> list[str] | None:
        """Return the files of this repository that an include names; None where they are elsewhere or unknown."""
        if include.kind == "component":
            return self._component(include.name)
        name = include.name.removeprefix("/")
        if include.kind != "local" or "$" in name:
            return None
        if "*" not in name:
            return [name]
        if self.snapshot.paths is None:
            return None
        return matching(name, self.snapshot.paths)

    def _component(self, name: str) -> list[str] | None:
        """Return the file of a component that stands in this very repository and commit."""
        found = _COMPONENT.fullmatch(name)
        own = {"$CI_PROJECT_PATH", self.snapshot.facts.project_path}
        if (
            not found
            or found["project"] not in own
            or found["version"] not in ("$CI_COMMIT_SHA", "$CI_COMMIT_REF_NAME")
        ):
            return None
        candidates = (f"templates/{found['name']}.yml", f"templates/{found['name']}/template.yml")
        there = self.snapshot.files.keys() | (self.snapshot.paths or frozenset())
        return [path for path in candidates if path in there][:1] or None

    def _included(self, path: str, include: Include, trail: tuple[str, ...]) -> Table | None:
        self._count += 1
        if reason := self._refusal(path, trail):
            self.problems.append(Problem("invalid-include", f"`{path}` {reason}", include.location))
            return None
        if path not in self.snapshot.files:
            self._report_absent(path, include)
            return None
        try:
            value = self._read(path, include.inputs, include.location, trail)
        except yamltree.YamlError as error:
            place = Location(path, Span(error.offset, error.offset))
            self.problems.append(Problem("invalid-yaml", f"`{path}` is no valid YAML: {error.message}", place))
            return None
        return value if isinstance(value, Table) else None

    def _refusal(self, path: str, trail: tuple[str, ...]) -> str:
        if path in trail:
            return "includes itself"
        if len(trail) > MAX_LEVELS:
            return f"is included over more than {MAX_LEVELS} levels"
        return f"comes after more than {MAX_INCLUDES} includes" if self._count > MAX_INCLUDES else ""

    def _report_absent(self, path: str, include: Include) -> None:
        listed = self.snapshot.paths
        if listed is not None and path not in listed:
            message = f"the included file `{path}` does not exist"
            self.problems.append(Problem("missing-include", message, include.location))
            return
        if path not in self.snapshot.unreadable:
            self.wanted.add(path)
        self.unknown.append(UnknownInclude("local", path, include.location, include.written))


def _json(item: Value) -> str:
    return json.dumps(to_plain(item), sort_keys=True, default=str)


def _unknown_block(document: yamltree.Document, span: Span) -> Problem:
    message = f"`{span.of(document.text)}` names no input of the header, or a function that GitLab does not have"
    return Problem("unknown-input", message, Location(document.path, span))
