"""The effective pipeline: what GitLab would run, with the place in the files of every value.

Rules read this and nothing below it. `reader.read_pipeline` makes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any

from bot.core import yamltree
from bot.core.finding import Location
from bot.core.shell_script.model import Command
from bot.core.span import Span

DEFAULT_STAGE = "test"


class Answer(Enum):
    """An answer that may depend on something that is not known."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar of the configuration: its text after YAML's quoting, and where its value stands."""

    value: str
    location: Location


@dataclass(frozen=True)
class ScriptLine:
    """One item of `before_script`, `script` or `after_script`, as the shell receives it.

    ``location`` is the YAML value. ``offsets[i]`` is the offset in that file of ``text[i]``, -1 where that
    character stands for more than itself (an escape in quotes, a folded line end); it is empty where the text
    cannot be traced back at all.
    """

    text: str
    location: Location
    section: str
    index: int
    offsets: Sequence[int] = field(default=(), repr=False)

    def locate(self, start: int, end: int) -> Location | None:
        """Return where a piece of the text stands in its file, None where that cannot be said exactly."""
        if not self.offsets or not 0 <= start < end <= len(self.offsets):
            return None
        first, last = self.offsets[start], self.offsets[end - 1]
        if first < 0 or last < first:
            return None
        return Location(self.location.path, Span(first, last + 1))


@dataclass(frozen=True, slots=True)
class Image:
    """The image of a job. ``reference`` has variables replaced; None while one of them is unknown."""

    name: Text
    reference: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """One cache of a job, with GitLab's defaults filled in. Paths and keys are as written, not expanded."""

    location: Location
    key: Text | None = None
    key_files: tuple[Text, ...] = ()
    key_prefix: Text | None = None
    paths: tuple[Text, ...] = ()
    policy: str = "pull-push"
    when: str = "on_success"
    untracked: bool = False
    fallback_keys: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsIn:
    """In which pipelines a job runs (automatically or by hand), as far as `rules` and `only` say."""

    merge_requests: Answer
    branches: Answer  # a push to a branch that is not the default branch
    default_branch: Answer
    tags: Answer


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A mapping of a file that gives keywords to a job.

    ``name`` is the top-level key that it stands under (a job, a template, `default`, `variables`), or its anchor;
    empty for the file itself, whose old global keywords (`image`, `cache`...) serve as defaults.
    """

    name: str
    path: str
    mapping: yamltree.Mapping


@dataclass(frozen=True, kw_only=True)
class Job:
    """One effective job: everything from `default`, templates, `extends` and references is in it.

    ``data`` is the effective mapping as plain values. ``key`` is the job's name in its file. ``origins`` maps
    a keyword (``("cache",)``, ``("variables", "POETRY_VERSION")``) to the value's place, in whatever template
    that is. ``own_keywords`` are those that stand in the job's own mapping. ``editable`` is false for a job
    that comes from a file which the repository does not hold. ``parts`` are the mappings that were merged, the
    job's own first, then merge keys and templates, nearest first, then `default` and the file itself.
    """

    name: str
    key: Location
    data: Mapping[str, Any] = field(repr=False)
    origins: Mapping[tuple[str, ...], Location] = field(repr=False)
    own_keywords: frozenset[str]
    extends: tuple[str, ...] = ()  # every template, nearest first
    parts: tuple[Part, ...] = field(default=(), repr=False)
    editable: bool = True
    unresolved: tuple[str, ...] = ()  # templates that it extends and that are not at hand
    stage: Text | None = None
    image: Image | None = None
    variables: Mapping[str, Text] = field(default_factory=dict)
    script: tuple[ScriptLine, ...] = ()  # before_script, then script
    after_script: tuple[ScriptLine, ...] = ()
    caches: tuple[Cache, ...] = ()
    needs: tuple[str, ...] | None = None
    matrix: tuple[Mapping[str, str], ...] = ()
    runs_in: RunsIn
    manual: bool = False
    allow_failure: bool = False
    trigger: bool = False
    files: Mapping[str, str] = field(default_factory=dict, repr=False)  # scripts and makefiles of the repository

    @property
    def stage_name(self) -> str:
        """The stage, GitLab's default where the job names none."""
        return self.stage.value if self.stage else DEFAULT_STAGE

    @cached_property
    def commands(self) -> tuple[Command, ...]:
        """What the script does, in order, scripts and make targets of the repository included."""
        from bot.core.shell_script.reader import read_commands  # noqa: PLC0415 - model and reader know each other

        return read_commands(self)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why GitLab would refuse the file. ``code`` is one of a few words that rules dispatch on."""

    code: str
    message: str
    location: Location
    job: str | None = None


@dataclass(frozen=True, slots=True)
class UnknownInclude:
    """An include whose content is not at hand: ``kind`` is remote, template, component, project or local.

    ``written`` is the whole entry as JSON, aliases resolved: two that are equal name the same thing.
    """

    kind: str
    name: str
    location: Location
    written: str = ""


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """The effective pipeline. A visible job appears once; its matrix stands in ``Job.matrix``.

    ``complete`` is false where an include is unknown: then absence proves nothing.
    """

    path: str
    jobs: tuple[Job, ...]
    hidden: frozenset[str] = frozenset()
    stages: tuple[str, ...] = ()
    variables: Mapping[str, Text] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    unknown_includes: tuple[UnknownInclude, ...] = ()
    included: tuple[str, ...] = ()  # paths of the local files that were read, the first is ``path``
    documents: Mapping[str, yamltree.Document] = field(default_factory=dict, repr=False)  # by path

    @property
    def complete(self) -> bool:
        """Whether everything that the file includes was at hand."""
        return not self.unknown_includes

    def node(self, location: Location) -> yamltree.Node | None:
        """Return the YAML node that a location names: the way from an effective value back to the file."""
        document = self.documents.get(location.path)
        return document.node_at(location.span) if document else None

    def job(self, name: str) -> Job | None:
        """Return a visible job by name."""
        return next((job for job in self.jobs if job.name == name), None)
