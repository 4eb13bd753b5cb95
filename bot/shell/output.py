"""What a command prints: results on standard output, everything about the run on standard error."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from rich.console import Console
from rich.markup import escape


class Format(StrEnum):
    """Output formats that every command has."""

    TEXT = "text"
    JSON = "json"


class CheckFormat(StrEnum):
    """Output formats of `check`."""

    TEXT = "text"
    JSON = "json"
    CODEQUALITY = "codequality"
    SARIF = "sarif"


@dataclass(frozen=True, kw_only=True)
class Output:
    """Where and how a command prints."""

    format: str = "text"
    quiet: bool = False
    verbose: bool = False
    color: bool = True

    @cached_property
    def console(self) -> Console:
        """The terminal: no colours where it is none, or where they are not wanted."""
        return Console(no_color=not self.color, highlight=False)

    def line(self, text: str = "", style: str = "") -> None:
        """Print a line of text, taken literally."""
        self.console.print(escape(text), style=style or None, soft_wrap=True)

    def markup(self, text: str) -> None:
        """Print a line with rich's markup; its variable parts must be escaped."""
        self.console.print(text, soft_wrap=True)

    def json(self, value: Any) -> None:  # noqa: ANN401 - whatever JSON can say
        """Print one JSON document."""
        sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")

    def note(self, text: str) -> None:
        """Say something about the run on standard error, unless quiet."""
        if not self.quiet:
            print(text, file=sys.stderr)
