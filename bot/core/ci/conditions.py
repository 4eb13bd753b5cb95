"""Expressions of `rules:if`, answered as far as the variables are known.

GitLab's grammar (its `Expression::Lexer`): variables as `$NAME` only, texts, `null`, `true`, `false`, patterns;
`==`, `!=`, `=~`, `!~`; `&&` before `||`; parentheses; at most 100 words. Patterns are RE2, as GitLab's own are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from bot.core.ci.model import Answer
from bot.core.ci.patterns import compile_pattern

MAX_LENGTH = 10_000
MAX_WORDS = 100
_TOKEN = re.compile(
    r"""\s*(?:(?P<variable>\$\w+|\$\[\[\s*inputs\.[\w-]+\s*\]\])|(?P<text>"[^"]*"|'[^']*')|(?P<word>null\b|true\b|false\b)"""
    r"""|(?P<pattern>/(?:\\.|[^/\\])+/[ismU]*)|(?P<operator>==|!=|=~|!~|&&|\|\||\(|\)))""",
    re.ASCII,
)
_PRECEDENCE = {"||": 1, "&&": 2, "==": 3, "!=": 3, "=~": 3, "!~": 3}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression between slashes."""

    source: str


@dataclass(frozen=True, slots=True)
class OwnProject:
    """The project's own path or name where it is not known: a file names itself rather than a fork."""


# A text, a pattern, an answer (of a comparison, or unknown), or None for an undefined variable.
Operand: TypeAlias = str | Pattern | Answer | OwnProject | None
LookUp: TypeAlias = Callable[[str], str | Answer | OwnProject | None]
# text, undefined, pattern; what is known only as yes, no, unknown


class ConditionError(Exception):
    """The expression is none that GitLab understands."""


def both(left: Answer, right: Answer) -> Answer:
    """`and` with three answers."""
    if Answer.NO in (left, right):
        return Answer.NO
    return Answer.UNKNOWN if Answer.UNKNOWN in (left, right) else Answer.YES


def negated(answer: Answer) -> Answer:
    """`not` with three answers."""
    return {Answer.YES: Answer.NO, Answer.NO: Answer.YES}.get(answer, Answer.UNKNOWN)


def either(left: Answer, right: Answer) -> Answer:
    """`or` with three answers."""
    return negated(both(negated(left), negated(right)))


def to_answer(value: object) -> Answer:
    """Turn a plain truth into an answer."""
    return Answer.YES if value else Answer.NO


def evaluate(expression: str, look_up: LookUp) -> Answer:
    """Answer an expression. ``look_up`` gives a variable's text, None where it is undefined, or Answer.UNKNOWN.

    Raises ConditionError where GitLab would call the syntax invalid.
    """
    stack: list[Operand] = []
    for word in _parsed(expression):
        if word in _PRECEDENCE:
            if len(stack) < 2:  # noqa: PLR2004 - an operator stands between two operands
                raise ConditionError(expression)
            right, left = stack.pop(), stack.pop()
            stack.append(_OPERATIONS[word](left, right))
        else:
            stack.append(_operand(word, look_up))
    if len(stack) != 1:
        raise ConditionError(expression)
    return _truth(stack[0])


def is_valid(expression: str) -> bool:
    """Whether GitLab would accept the syntax of an expression."""
    try:
        evaluate(expression, lambda _: Answer.UNKNOWN)
    except ConditionError:
        return False
    return True


@lru_cache(maxsize=2048)
def names_in(expression: str) -> frozenset[str]:
    """Return the variables that an expression asks for; raises ConditionError as `evaluate` does."""
    return frozenset(word[1:] for word in _parsed(expression) if word.startswith("$"))


@lru_cache(maxsize=2048)
def _parsed(expression: str) -> tuple[str, ...]:
    return tuple(_postfix(expression))


def _tokens(expression: str) -> Iterator[str]:
    at = 0
    text = expression.strip()
    if len(text) > MAX_LENGTH:
        raise ConditionError("too long")
    for _ in range(MAX_WORDS):
        if at >= len(text):
            return
        found = _TOKEN.match(text, at)
        if not found:
            raise ConditionError(text)
        yield found.group().strip()
        at = found.end()
    if at < len(text):
        raise ConditionError("too many words")


def _postfix(expression: str) -> Iterator[str]:
    """Order the tokens as operands before operators (Dijkstra's shunting yard)."""
    waiting: list[str] = []
    for word in _tokens(expression):
        if word == "(":
            waiting.append(word)
        elif word == ")":
            yield from _close(waiting, expression)
        elif word in _PRECEDENCE:
            while waiting and _PRECEDENCE.get(waiting[-1], 0) >= _PRECEDENCE[word]:
                yield waiting.pop()
            waiting.append(word)
        else:
            yield word
    if "(" in waiting:
        raise ConditionError(expression)
    yield from reversed(waiting)


def _close(waiting: list[str], expression: str) -> Iterator[str]:
    while waiting and waiting[-1] != "(":
        yield waiting.pop()
    if not waiting:
        raise ConditionError(expression)
    waiting.pop()


def _operand(word: str, look_up: LookUp) -> Operand:
    if word.startswith("$"):
        return look_up(word[1:])
    if word in ("null", "true", "false"):
        return None if word == "null" else Answer.UNKNOWN  # how a text compares with a truth is not known here
    return Pattern(word) if word.startswith("/") else word[1:-1]


def _truth(value: Operand) -> Answer:
    if isinstance(value, OwnProject):
        return Answer.YES
    return value if isinstance(value, Answer) else to_answer(value)


def _equal(left: Operand, right: Operand) -> Answer:
    if Answer.UNKNOWN in (left, right):
        return Answer.UNKNOWN
    if isinstance(left, OwnProject) or isinstance(right, OwnProject):
        return to_answer(None not in (left, right))
    return to_answer(left == right)


def _matches(left: Operand, right: Operand) -> Answer:
    if isinstance(right, str) and right.startswith("/"):
        right = Pattern(right)
    if isinstance(left, Answer | OwnProject) or isinstance(right, Answer | OwnProject):
        return Answer.UNKNOWN
    if not isinstance(right, Pattern) or isinstance(left, Pattern):
        return Answer.NO
    return search(right.source, left or "")  # an undefined variable is an empty text here, as in GitLab


def search(pattern: str, text: str) -> Answer:
    """Answer whether a pattern between slashes, with its flags behind, is found in a text."""
    body, _, flags = pattern[1:].rpartition("/")
    prefix = f"(?{flags})" if flags else ""
    compiled = compile_pattern(prefix + body.replace("\\/", "/"))
    return to_answer(compiled.search(text)) if compiled else Answer.UNKNOWN


_OPERATIONS: dict[str, Callable[[Operand, Operand], Answer]] = {
    "==": _equal,
    "!=": lambda left, right: negated(_equal(left, right)),
    "=~": _matches,
    "!~": lambda left, right: negated(_matches(left, right)),
    "&&": lambda left, right: both(_truth(left), _truth(right)),
    "||": lambda left, right: either(_truth(left), _truth(right)),
}
