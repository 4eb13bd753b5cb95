"""The variables that a condition sees in one pipeline, and the answers that were given already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.ci.conditions import ConditionError, OwnProject, evaluate, names_in
from bot.core.ci.model import Answer
from bot.core.ci.situations import PipelineRun
from bot.core.ci.variables import Variables, expand

_IDENTITY = frozenset({"CI_PROJECT_PATH", "CI_PROJECT_NAMESPACE", "CI_PROJECT_ROOT_NAMESPACE", "CI_PROJECT_ID"})
MAX_WORK = 200_000  # conditions over all pipelines, longer ones count more: about a second


@dataclass
class Answers:
    """Answers in which no variable of the files has a part; jobs often have the same conditions.

    When too much was asked, everything else is unknown: a file made of conditions takes no more time than others.
    """

    known: dict[tuple[PipelineRun, str], Answer] = field(default_factory=dict)
    left: int = MAX_WORK


@dataclass(frozen=True)
class Scope:
    """The variables of one pipeline, in GitLab's order of precedence; expanded when they are asked for."""

    run: PipelineRun
    written: Variables
    added: Mapping[str, str | None]
    answers: Answers

    def look_up(self, name: str) -> str | Answer | OwnProject | None:
        """Return a variable's text, None where it is undefined, UNKNOWN where the files do not say."""
        for held in (self.run.variables, self.added):
            if name in held:
                return held[name]
        if name not in self.written.values:
            return OwnProject() if name in _IDENTITY else Answer.UNKNOWN
        text = expand(f"${name}", self.written, self.run.known)
        return Answer.UNKNOWN if text is None else text

    @property
    def exhausted(self) -> bool:
        """Whether too much was asked already."""
        return self.answers.left <= 0

    def ask(self, expression: str) -> Answer:
        """Answer an expression; one that GitLab would refuse is unknown."""
        self.answers.left -= 1
        try:
            own = self.added or not self.written.values.keys().isdisjoint(names_in(expression))
            if own:
                return self._evaluate(expression)
            if (self.run, expression) not in self.answers.known:
                self.answers.known[self.run, expression] = self._evaluate(expression)
            return self.answers.known[self.run, expression]
        except ConditionError:
            return Answer.UNKNOWN

    def _evaluate(self, expression: str) -> Answer:
        self.answers.left -= len(expression) // 10
        return Answer.UNKNOWN if self.exhausted else evaluate(expression, self.look_up)
