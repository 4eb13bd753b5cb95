"""Commands of a script, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.finding import Location


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a command: ``text`` without quotes, variables replaced where their value is certain.

    ``known`` is false where the text still holds an expansion (`$NAME`, `$(...)`) that is not known.
    ``location`` is the word as written (quotes included), None where it cannot be traced to a file.
    """

    text: str
    known: bool = True
    location: Location | None = None


@dataclass(frozen=True, kw_only=True)
class Command:
    """One simple command. ``name`` is the program's base name; `sudo`, `env`, `exec`, `time` are looked through.

    ``line`` is the index into ``Job.script`` (-1 for `after_script`); ``section`` names the keyword.
    ``conditional``: it may be skipped (inside `if`, behind `||` or behind `&&` of something that may fail).
    ``ignored``: its failure does not end the job (`|| true`, `if` condition).
    ``origin``: the script or make target of the repository that holds it, empty for the CI file itself.
    """

    name: str
    words: tuple[Word, ...]  # the name first
    assignments: Mapping[str, Word] = field(default_factory=dict)  # in force for this command, exports included
    prefix: Mapping[str, Word] = field(default_factory=dict)  # written in front of this very command
    line: int = 0
    section: str = "script"
    location: Location | None = None
    conditional: bool = False
    ignored: bool = False
    origin: str = ""
    pipe_from: str = ""  # name of the command whose output is piped into this one
    pipe_to: str = ""  # name of the command that reads this one's output
    directory: str | None = ""  # where it runs, from the root of the repository; None where that is not certain
    output: Word | None = None  # the file that its standard output goes to
    substituted: bool = False  # it stands in `$(...)`: its output becomes a word of the next command

    @property
    def arguments(self) -> tuple[str, ...]:
        """The words behind the name, as text."""
        return tuple(word.text for word in self.words[1:])

    def option(self, *names: str) -> Word | None:
        """Return the value of `--name VALUE` or `--name=VALUE`, None where the option is absent or bare."""
        for index, word in enumerate(self.words[1:], 1):
            head, equals, tail = word.text.partition("=")
            if head in names:
                if equals:
                    return Word(tail, word.known, word.location)
                return self.words[index + 1] if index + 1 < len(self.words) else None
        return None

    def has_option(self, *names: str) -> bool:
        """Whether one of the options is given, with or without a value."""
        return any(word.text.partition("=")[0] in names for word in self.words[1:])
