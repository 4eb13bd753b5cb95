"""Options and operands of a command line, by a program's own list of options that take a value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.core.finding import Location
from bot.core.shell_script.model import Word
from bot.core.span import Span


@dataclass(frozen=True, slots=True)
class Option:
    """One option as given: `--with=dev` has the name `--with` and the value `dev`; `-qn` is two options."""

    name: str
    word: Word
    value: Word | None = None


@dataclass(frozen=True, slots=True)
class Arguments:
    """A command line behind the program's name."""

    options: tuple[Option, ...] = ()
    operands: tuple[Word, ...] = ()

    def has(self, *names: str) -> bool:
        """Whether one of the options is given."""
        return any(option.name in names for option in self.options)

    def values(self, *names: str) -> tuple[Word, ...]:
        """Return every value given to one of the options, in order."""
        return tuple(option.value for option in self.options if option.name in names and option.value is not None)

    def value(self, *names: str) -> Word | None:
        """Return the last value given to one of the options, which is the one that counts."""
        return next(reversed(self.values(*names)), None)


def tail(word: Word, start: int) -> Word:
    """Return the part of a word from an index on, with its own place where the word is written without quotes."""
    location = word.location
    if location is not None:
        span = location.span
        plain = span.end - span.start == len(word.text) and start < len(word.text)
        location = Location(location.path, Span(span.start + start, span.end)) if plain else location
    return replace(word, text=word.text[start:], location=location)


def parse_arguments(
    words: Iterable[Word], with_value: frozenset[str], *, first_operand_ends: bool = False
) -> Arguments:
    """Split words into options and operands; ``first_operand_ends``: all behind an operand is left as it is."""
    waiting = list(words)
    options: list[Option] = []
    operands: list[Word] = []
    while waiting:
        word = waiting.pop(0)
        text = word.text
        if text == "--" or (first_operand_ends and not _is_option(text)):
            operands += [*waiting] if text == "--" else [word, *waiting]
            break
        if not _is_option(text):
            operands.append(word)
        elif text.startswith("--"):
            options.append(_long(word, waiting, with_value))
        else:
            options += _short(word, waiting, with_value)
    return Arguments(tuple(options), tuple(operands))


def _is_option(text: str) -> bool:
    return len(text) > 1 and text.startswith("-")


def _long(word: Word, waiting: list[Word], with_value: frozenset[str]) -> Option:
    name, equals, _ = word.text.partition("=")
    if equals:
        return Option(name, word, tail(word, len(name) + 1))
    if name in with_value and waiting:
        return Option(name, word, waiting.pop(0))
    return Option(name, word)


def _short(word: Word, waiting: list[Word], with_value: frozenset[str]) -> list[Option]:
    found: list[Option] = []
    for index, letter in enumerate(word.text[1:], 1):
        name = f"-{letter}"
        if name not in with_value:
            found.append(Option(name, word))
            continue
        if index + 1 < len(word.text):
            rest = tail(word, index + 1)
            value: Word | None = tail(rest, 1) if rest.text.startswith("=") else rest
        else:
            value = waiting.pop(0) if waiting else None
        return [*found, Option(name, word, value)]
    return found
