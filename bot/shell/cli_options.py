"""Options that every command has, and how a command's help ends."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from bot.shell.output import CheckFormat, Format, Output

FormatOption = Annotated[Format, typer.Option("--format", help="Output format.")]
CheckFormatOption = Annotated[CheckFormat, typer.Option("--format", help="Output format.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print results only.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Say what was skipped, and why.")]
NoColorOption = Annotated[bool, typer.Option("--no-color", help="No colours.")]
PathArgument = Annotated[Path, typer.Argument(help="A checkout, or its CI file.", metavar="PATH")]
RuleOption = Annotated[list[str] | None, typer.Option("--rule", help="Only this rule (repeatable).", metavar="ID")]


def example(*lines: str) -> str:
    """The end of a command's help."""
    return "Example: " + "   or: ".join(f"[bold]{line}[/bold]" for line in lines)


def output_of(format: str, quiet: bool = False, verbose: bool = False, no_color: bool = False) -> Output:
    """The options that every command has, as one value."""
    color = not no_color and "NO_COLOR" not in os.environ
    return Output(format=format, quiet=quiet, verbose=verbose, color=color)
