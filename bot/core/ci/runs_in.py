"""In which pipelines a job runs: `workflow`, `rules`, `only` and `except` asked in ordinary situations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.core.ci.conditions import both, either, negated, search, to_answer
from bot.core.ci.globs import matching
from bot.core.ci.model import Answer, RunsIn
from bot.core.ci.scope import Answers, Scope
from bot.core.ci.situations import PipelineRun, Situation, Situations, agreed
from bot.core.ci.values import Table, Value, as_list, texts, word_of
from bot.core.ci.variables import Variables, read_variables
from bot.core.snapshot import Snapshot

NEVER = "never"
# The keywords that decide; values are compared by identity, and templates share theirs.
_DECIDING = ("rules", "only", "except", "variables", "inherit")


@dataclass(frozen=True, slots=True)
class Listing:
    """Paths of the repository: those that were seen, and whether these are all."""

    seen: frozenset[str]
    whole: bool

    @classmethod
    def of(cls, snapshot: Snapshot) -> Listing:
        """Return the listing that came with a snapshot, else the files that it holds."""
        if snapshot.paths is not None:
            return cls(snapshot.paths, whole=True)
        return cls(frozenset(snapshot.files), whole=False)


class RunsReader:
    """Answers for every job of one pipeline."""

    def __init__(
        self,
        situations: Situations,
        workflow: Value | None,
        global_variables: Variables,
        listing: Listing,
        *,
        complete: bool = True,
    ) -> None:
        self._situations = situations
        self._has_workflow = workflow is not None
        self._listing = listing
        self._complete = complete
        every = (situations.merge_requests, situations.branches, situations.default_branch, situations.tags)
        self._runs = [run for situation in every for run in situation.runs]
        self._answers = Answers()
        self._started = {run: self._start(workflow, run, global_variables) for run in self._runs}
        self._asked: dict[tuple[object, ...], RunsIn] = {}

    def read(self, job: Table, variables: Variables) -> RunsIn:
        """Answer the four questions for a job with its variables; jobs with the same keywords are asked once."""
        members = [job.members.get(keyword) for keyword in _DECIDING]
        key = (*(member and member.value for member in members), word_of(job, "when"))
        if key not in self._asked:
            self._asked[key] = self._read(job, variables)
        return self._asked[key]

    def _read(self, job: Table, variables: Variables) -> RunsIn:
        def ask(situation: Situation) -> Answer:
            return situation.combine([self._answer(job, variables, run) for run in situation.runs])

        asked = self._situations
        return RunsIn(
            merge_requests=ask(asked.merge_requests),
            branches=ask(asked.branches),
            default_branch=ask(asked.default_branch),
            tags=ask(asked.tags),
        )

    def any_run(self, rules: Value) -> Answer:
        """Answer whether rules without variables of the files (those of an include) hold in some pipeline."""
        answers = [self._rules(rules, run, Scope(run, Variables(), {}, self._answers))[0] for run in self._runs]
        return Answer.YES if Answer.YES in answers else agreed(answers)

    def _answer(self, job: Table, variables: Variables, run: PipelineRun) -> Answer:
        started, added = self._started[run]
        if started is Answer.NO:
            return Answer.NO
        return both(started, self._job(job, run, Scope(run, variables, added, self._answers)))

    def _start(
        self, workflow: Value | None, run: PipelineRun, variables: Variables
    ) -> tuple[Answer, Mapping[str, str | None]]:
        """Answer whether the pipeline exists, with the variables that the matching rule sets."""
        if workflow is None:
            return Answer.YES, {}
        return self._rules(workflow, run, Scope(run, variables, {}, self._answers))

    def _job(self, job: Table, run: PipelineRun, scope: Scope) -> Answer:
        rules = job.get("rules")
        if rules is not None:
            return self._rules(rules, run, scope, default=word_of(job, "when"))[0]
        only, excepted = job.get("only"), job.get("except")
        if only is None and not self._has_workflow:
            # Without rules of any kind a job has `only: [branches, tags]`; an include may bring `workflow`.
            absent = Answer.NO if self._complete else Answer.UNKNOWN
            kept = absent if run.kind == "merge_request" else Answer.YES
        else:
            kept = self._policy(only, run, scope) if only is not None else Answer.YES
        left_out = self._policy(excepted, run, scope, left_out=True) if excepted is not None else Answer.NO
        return both(both(kept, negated(left_out)), to_answer(word_of(job, "when") != NEVER))

    def _rules(
        self, rules: Value, run: PipelineRun, scope: Scope, default: str = ""
    ) -> tuple[Answer, Mapping[str, str | None]]:
        """Find the rule that decides. While a rule is unknown, both ways on are followed."""
        possible: set[Answer] = set()
        for rule in as_list(rules):
            if scope.exhausted:
                return Answer.UNKNOWN, {}
            if not isinstance(rule, Table):
                continue
            holds = self._rule_holds(rule, run, scope)
            outcome = to_answer((word_of(rule, "when") or default) != NEVER)
            if holds is Answer.YES:
                set_here = _plain_texts(rule.get("variables"))
                return _only_one({*possible, outcome}), set_here
            if holds is Answer.UNKNOWN:
                possible.add(outcome)
        return _only_one({*possible, Answer.NO}), {}

    def _rule_holds(self, rule: Table, run: PipelineRun, scope: Scope) -> Answer:
        answer = Answer.YES
        if condition := word_of(rule, "if"):
            answer = scope.ask(condition)
        if rule.get("changes") is not None and run.kind != "tag":
            answer = both(answer, Answer.UNKNOWN)
        exists = rule.get("exists")
        return both(answer, self._exists(exists)) if exists is not None else answer

    def _exists(self, value: Value) -> Answer:
        patterns = texts(value.get("paths") if isinstance(value, Table) else value)
        if isinstance(value, Table) and value.get("project"):
            return Answer.UNKNOWN
        if any(matching(pattern.value.removeprefix("/"), self._listing.seen) for pattern in patterns):
            return Answer.YES
        certain = self._listing.whole and not any("$" in pattern.value for pattern in patterns)
        return Answer.NO if certain else Answer.UNKNOWN

    def _policy(self, value: Value, run: PipelineRun, scope: Scope, *, left_out: bool = False) -> Answer:
        """Answer `only` or `except`: of `only` every part must hold, of `except` one is enough."""
        if not isinstance(value, Table):
            return _refs(value, run)
        parts = list(self._policy_parts(value, run, scope, left_out=left_out))
        answer = Answer.NO if left_out else Answer.YES
        for part in parts:
            answer = either(answer, part) if left_out else both(answer, part)
        return answer

    def _policy_parts(self, table: Table, run: PipelineRun, scope: Scope, *, left_out: bool) -> Iterator[Answer]:
        refs, conditions = table.get("refs"), table.get("variables")
        if refs is not None:
            yield _refs(refs, run)
        elif not left_out:
            yield to_answer(run.kind != "merge_request")
        if conditions is not None:
            answer = Answer.NO
            for condition in texts(conditions):
                answer = either(answer, scope.ask(condition.value))
            yield answer
        if table.get("changes") is not None:
            yield Answer.YES if run.kind == "tag" else Answer.UNKNOWN
        if table.get("kubernetes") is not None:
            yield Answer.UNKNOWN


def _refs(value: Value, run: PipelineRun) -> Answer:
    answer = Answer.NO
    for ref in texts(value):
        name, at, project = ref.value.partition("@")
        here = both(_ref(name, run), _is_project(project, run)) if at else _ref(name, run)
        answer = either(answer, here)
    return answer


def _is_project(path: str, run: PipelineRun) -> Answer:
    """Answer whether a path is this project's; where ours is not known, a file names itself rather than a fork."""
    return to_answer(run.variables.get("CI_PROJECT_PATH", path) == path)


def _ref(name: str, run: PipelineRun) -> Answer:
    if run.kind == "merge_request":
        return to_answer(name == "merge_requests")
    if name in ("pushes", {"branch": "branches", "tag": "tags"}[run.kind]):
        return Answer.YES
    if name.startswith("/") and name.rstrip("ismU").endswith("/"):
        return search(name, run.ref)
    return to_answer(name == run.ref)


def _only_one(possible: set[Answer]) -> Answer:
    return possible.pop() if len(possible) == 1 else Answer.UNKNOWN


def _plain_texts(value: Value | None) -> dict[str, str | None]:
    return {name: text.value for name, text in read_variables(value).values.items()}
