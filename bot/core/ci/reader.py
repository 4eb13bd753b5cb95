"""From the files of a snapshot to the effective pipeline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.core import yamltree
from bot.core.ci.budget import Budget, TooLargeError
from bot.core.ci.extends import Extender, read_bases
from bot.core.ci.graft import graft
from bot.core.ci.includes import FileReader
from bot.core.ci.inherit import Inheritance, read_defaults
from bot.core.ci.jobs import JobSource, is_job_name, read_jobs
from bot.core.ci.load import Loader
from bot.core.ci.model import Pipeline, Problem
from bot.core.ci.problems import find_problems, looks_like_template
from bot.core.ci.references import Referrer
from bot.core.ci.runs_in import Listing, RunsReader
from bot.core.ci.situations import Situations, make_situations
from bot.core.ci.values import Table, Value, texts
from bot.core.ci.variables import Variables, predefined, read_variables
from bot.core.ci.wanted import wanted_scripts
from bot.core.finding import Location
from bot.core.snapshot import Snapshot
from bot.core.span import Span

_LACKING = frozenset({"missing-include", "invalid-include", "invalid-yaml"})  # what follows from these is noise
_CONFLICT = re.compile(r"^<{7} .*\n(?:.*\n)*?={7}\r?$", re.MULTILINE)
DEFAULT_STAGES = ("build", "test", "deploy")


class RefusedError(Exception):
    """GitLab would not read the file at all."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(frozen=True)
class _Whole:
    """The configuration before and after everything in it was resolved."""

    files: FileReader
    written: Table
    config: Table
    problems: tuple[Problem, ...]
    is_merged: bool  # GitLab's own merged configuration was used


@dataclass(frozen=True)
class _Read:
    """What came of reading a CI file: its pipeline and the files that it lacks, or why it cannot be read."""

    pipeline: Pipeline | None = None
    wanted: frozenset[str] = frozenset()
    refusal: Problem | None = None


def read_pipeline(snapshot: Snapshot) -> Pipeline | None:
    """Evaluate the snapshot's CI file; None where there is none or it is no valid YAML."""
    return read_ci(snapshot)[0]


def ci_error(snapshot: Snapshot) -> Problem | None:
    """Return why the CI file cannot be read at all; None where it can be, or where there is none."""
    return read_ci(snapshot)[1]


def read_ci(snapshot: Snapshot) -> tuple[Pipeline | None, Problem | None]:
    """Return the pipeline, or why it cannot be read; neither where there is no CI file."""
    read = snapshot.once(_read)
    return read.pipeline, read.refusal


def wanted_files(snapshot: Snapshot) -> frozenset[str]:
    """Return paths that the CI file needs and the snapshot lacks: local includes, scripts, makefiles.

    The shell reads them and asks again until nothing new is wanted.
    """
    read = snapshot.once(_read)
    return read.wanted | wanted_scripts(read.pipeline, snapshot) if read.pipeline else frozenset()


def unknown_includes(snapshot: Snapshot) -> frozenset[str]:
    """Return the includes that are not at hand, each with its file and all that it says."""
    pipeline = read_pipeline(snapshot)
    unknown = pipeline.unknown_includes if pipeline else ()
    return frozenset(f"{include.location.path}: {include.written}" for include in unknown)


def _read(snapshot: Snapshot) -> _Read:
    if snapshot.ci_path not in snapshot.files:
        return _Read()
    try:
        return _evaluated(snapshot)
    except RefusedError as error:
        return _Read(refusal=error.problem)


def _evaluated(snapshot: Snapshot) -> _Read:
    path = snapshot.ci_path
    try:
        whole = _resolve(snapshot)
        return _Read(_pipeline(snapshot, whole), frozenset(whole.files.wanted))
    except yamltree.YamlError as error:
        raise _syntax_error(snapshot, error) from None
    except TooLargeError as error:
        raise _refuse("too-large", f"`{path}` cannot be evaluated: {error}", path, 0) from None
    except RecursionError:
        # References put into each other nest as deep as they like before the result can be measured.
        raise _refuse("too-large", f"`{path}` nests too deep when it is evaluated", path, 0) from None


def _refuse(code: str, message: str, path: str, offset: int) -> RefusedError:
    return RefusedError(Problem(code, message, Location(path, Span(offset, offset))))


def _syntax_error(snapshot: Snapshot, error: yamltree.YamlError) -> RefusedError:
    file = snapshot.files[snapshot.ci_path]
    if (template := looks_like_template(file.text)) is not None:
        message = f"`{file.path}` is a template of a project generator, no YAML that GitLab could read"
        return _refuse("template-file", message, file.path, template)
    if marks := _CONFLICT.search(file.text):
        message = f"`{file.path}` holds the marks of a merge conflict that was not resolved"
        return _refuse("invalid-yaml", message, file.path, marks.start())
    return _refuse("invalid-yaml", f"`{file.path}` is no valid YAML: {error.message}", file.path, error.offset)


def _resolve(snapshot: Snapshot) -> _Whole:
    budget = Budget()
    runs = RunsReader(make_situations(snapshot.facts), None, Variables(), Listing.of(snapshot))
    files = FileReader(snapshot, budget, runs)
    written = files.read_root()
    if not isinstance(written, Table):
        path = snapshot.ci_path
        raise _refuse("not-a-mapping", f"`{path}` holds no keys with values", path, 0)
    extender = Extender(written, budget)
    referrer = Referrer(extender.run())
    config = referrer.run()
    resolving = [*extender.problems, *referrer.problems]
    merged = _merged(snapshot, files)
    if merged:
        return _Whole(files, written, graft(merged, config), tuple(files.problems), is_merged=True)
    if files.unknown or any(problem.code in _LACKING for problem in files.problems):
        # What is not defined here may be defined there: absence proves nothing.
        resolving = [problem for problem in resolving if not problem.code.startswith("undefined-")]
    return _Whole(files, written, config, (*files.problems, *resolving), is_merged=False)


def _merged(snapshot: Snapshot, files: FileReader) -> Table | None:
    """Return GitLab's merged configuration where something is not at hand; it stands at the first such include."""
    text = snapshot.facts.merged_ci
    if not files.unknown or text is None:
        return None
    location = files.unknown[0].location
    document = files.documents.get(location.path)
    place = document.node_at(location.span) if document else None
    try:
        parsed = yamltree.parse_yaml(location.path, text)
    except yamltree.YamlError:
        return None
    value = Loader(location.path, place).load(parsed.roots[-1]) if parsed.roots and place else None
    return value if isinstance(value, Table) else None


def _pipeline(snapshot: Snapshot, whole: _Whole) -> Pipeline:
    config, documents = whole.config, whole.files.documents
    source = _job_source(snapshot, whole, make_situations(snapshot.facts))
    jobs = read_jobs(source)
    stages = _stages(config.get("stages"))
    unknown = () if whole.is_merged else tuple(whole.files.unknown)
    lacking = any(problem.code in _LACKING for problem in whole.problems)
    found = find_problems(config, jobs, stages, complete=not unknown and not lacking)
    return Pipeline(
        path=snapshot.ci_path,
        jobs=jobs,
        hidden=frozenset(name for name in config.members if is_job_name(name) and name.startswith(".")),
        stages=stages,
        variables=source.inheritance.variables.values,
        problems=(*whole.problems, *found),
        unknown_includes=unknown,
        included=tuple(documents),
        documents=documents,
    )


def _job_source(snapshot: Snapshot, whole: _Whole, situations: Situations) -> JobSource:
    config, documents = whole.config, whole.files.documents
    budget = whole.files.budget
    budget.spend(budget.weigh(config))
    held = config.table("variables")
    variables = read_variables(held)
    workflow = config.table("workflow")
    return JobSource(
        written=whole.written,
        bases=read_bases(whole.written),
        config=config,
        inheritance=Inheritance(read_defaults(config), variables, dict(held.members) if held else {}),
        texts={path: document.text for path, document in documents.items()},
        files={path: file.text for path, file in snapshot.files.items()},
        predefined=predefined(snapshot.facts),
        part_names=_part_names(documents),
        runs=RunsReader(
            situations,
            workflow.get("rules") if workflow else None,
            variables,
            Listing.of(snapshot),
            complete=whole.is_merged or not whole.files.unknown,
        ),
        budget=budget,
    )


def _stages(value: Value | None) -> tuple[str, ...]:
    named: Iterable[str] = tuple(text.value for text in texts(value)) or DEFAULT_STAGES
    inner = dict.fromkeys(name for name in named if name not in (".pre", ".post"))
    return (".pre", *inner, ".post")


def _part_names(documents: Mapping[str, yamltree.Document]) -> dict[int, str]:
    names: dict[int, str] = {}
    for document in documents.values():
        for root in document.roots:
            if isinstance(root, yamltree.Mapping):
                names |= {id(entry.value): entry.name for entry in root.entries}
    return names
