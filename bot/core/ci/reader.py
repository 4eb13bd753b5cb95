"""From the files of a snapshot to the effective pipeline."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core import yamltree
from bot.core.ci.budget import Budget, TooLargeError
from bot.core.ci.extends import Extender
from bot.core.ci.inherit import Inheritance, read_defaults
from bot.core.ci.jobs import JobSource, is_job_name, read_jobs
from bot.core.ci.load import Loader
from bot.core.ci.model import Pipeline, Problem
from bot.core.ci.references import Referrer
from bot.core.ci.values import Table, Value, texts
from bot.core.ci.variables import predefined, read_variables
from bot.core.finding import Location
from bot.core.snapshot import Snapshot
from bot.core.span import Span

DEFAULT_STAGES = ("build", "test", "deploy")


class RefusedError(Exception):
    """GitLab would not read the file at all."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def read_pipeline(snapshot: Snapshot) -> Pipeline | None:
    """Evaluate the snapshot's CI file; None where there is none or it is no valid YAML."""
    if snapshot.ci_path not in snapshot.files:
        return None
    try:
        return _read(snapshot)
    except RefusedError:
        return None


def ci_error(snapshot: Snapshot) -> Problem | None:
    """Return why the CI file cannot be read at all; None where it can be, or where there is none."""
    if snapshot.ci_path not in snapshot.files:
        return None
    try:
        _read(snapshot)
    except RefusedError as error:
        return error.problem
    return None


def wanted_files(snapshot: Snapshot) -> frozenset[str]:
    """Return paths that the CI file needs and the snapshot lacks: local includes, scripts, makefiles.

    The shell reads them and asks again until nothing new is wanted.
    """
    raise NotImplementedError


def _read(snapshot: Snapshot) -> Pipeline:
    path = snapshot.ci_path
    try:
        document = yamltree.parse_yaml(path, snapshot.files[path].text)
        return _evaluate(snapshot, document)
    except yamltree.YamlError as error:
        raise _refuse("invalid-yaml", f"`{path}` is no valid YAML: {error.message}", path, error.offset) from None
    except TooLargeError as error:
        raise _refuse("too-large", f"`{path}` cannot be evaluated: {error}", path, 0) from None


def _refuse(code: str, message: str, path: str, offset: int) -> RefusedError:
    return RefusedError(Problem(code, message, Location(path, Span(offset, offset))))


def _evaluate(snapshot: Snapshot, document: yamltree.Document) -> Pipeline:
    loader = Loader(document.path)
    root = loader.load(document.roots[-1]) if document.roots else None
    if not isinstance(root, Table):
        raise _refuse("not-a-mapping", f"`{document.path}` holds no keys with values", document.path, 0)
    extender = Extender(root)
    referrer = Referrer(extender.run())
    config = referrer.run()
    budget = Budget()
    budget.spend(budget.weigh(config))
    documents = {document.path: document}
    global_variables = config.table("variables")
    source = JobSource(
        written=root,
        config=config,
        inheritance=Inheritance(
            read_defaults(config),
            read_variables(global_variables),
            dict(global_variables.members) if global_variables else {},
        ),
        texts={path: held.text for path, held in documents.items()},
        files={path: file.text for path, file in snapshot.files.items()},
        predefined=predefined(snapshot.facts),
        part_names=_part_names(documents.values()),
        budget=budget,
    )
    return Pipeline(
        path=document.path,
        jobs=read_jobs(source),
        hidden=frozenset(name for name in config.members if is_job_name(name) and name.startswith(".")),
        stages=_stages(config.get("stages")),
        variables=source.inheritance.variables.values,
        problems=(*loader.problems, *extender.problems, *referrer.problems),
        included=tuple(documents),
        documents=documents,
    )


def _stages(value: Value | None) -> tuple[str, ...]:
    named = tuple(text.value for text in texts(value)) or DEFAULT_STAGES
    inner = tuple(dict.fromkeys(name for name in named if name not in (".pre", ".post")))
    return (".pre", *inner, ".post")


def _part_names(documents: Iterable[yamltree.Document]) -> dict[int, str]:
    names: dict[int, str] = {}
    for document in documents:
        for root in document.roots:
            if isinstance(root, yamltree.Mapping):
                names |= {id(entry.value): entry.name for entry in root.entries}
    return names
