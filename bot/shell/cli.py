"""The command line: options and help of every command. What a command does stands in `bot.shell.commands`.

Commands import their module when they run, so that `scansion check` does not pay for a web server.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from bot import __version__
from bot.shell.cli_options import (
    CheckFormatOption,
    FormatOption,
    NoColorOption,
    PathArgument,
    QuietOption,
    RuleOption,
    VerboseOption,
    example,
    output_of,
)
from bot.shell.cli_service import app as service_app
from bot.shell.errors import UsageError
from bot.shell.output import CheckFormat, Format

app = typer.Typer(
    name="scansion",
    help="Review, diagnosis and repair of GitLab pipelines for Python projects that use Poetry.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

app.add_typer(service_app)


@app.command("check", epilog=example("scansion check", "scansion check --format codequality . > report.json"))
def check_command(
    path: PathArgument = Path(),
    rule: RuleOption = None,
    ci_file: Annotated[str, typer.Option(help="Path of the CI file in the checkout.")] = ".gitlab-ci.yml",
    trace: Annotated[
        list[Path] | None, typer.Option(help="A job's log, to tell what installing costs (repeatable).")
    ] = None,
    job: Annotated[str | None, typer.Option(help="The name of that job (with --trace).")] = None,
    format: CheckFormatOption = CheckFormat.TEXT,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    no_color: NoColorOption = False,
) -> int:
    """Review a checkout: what will break, what wastes time, what is unsafe."""
    from bot.shell.commands import check

    output = output_of(format, quiet, verbose, no_color)
    if not trace:
        return check.run(path, output, rules=rule or [], ci_path=ci_file)
    if job is None:
        raise UsageError("--trace needs --job: the name of the job whose log it is")
    from bot.shell.commands.timings import timings_of

    known = timings_of(job, trace, output)
    return check.run(path, output, rules=rule or [], ci_path=ci_file, timings=known)


@app.command("fix", epilog=example("scansion fix --diff", "scansion fix . --trace job.log --job test"))
def fix_command(
    path: PathArgument = Path(),
    rule: RuleOption = None,
    unsafe: Annotated[bool, typer.Option("--unsafe", help="Also fixes that a person should read first.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show the change and write nothing.")] = False,
    trace: Annotated[Path | None, typer.Option(help="A failed job's log: apply what it calls for.")] = None,
    job: Annotated[str | None, typer.Option(help="The failed job's name (with --trace).")] = None,
    format: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    no_color: NoColorOption = False,
) -> int:
    """Apply the safe fixes to a checkout."""
    from bot.shell.commands import fix

    output = output_of(format, quiet, verbose, no_color)
    if trace is None:
        return fix.run(path, output, unsafe=unsafe, diff=diff, rules=rule or [])
    if job is None:
        raise UsageError("--trace needs --job: the name of the job whose log it is")
    return fix.run_for_trace(path, output, trace=trace, job=job, unsafe=unsafe, diff=diff)


@app.command("diagnose", epilog=example("scansion diagnose job.log", "scansion diagnose - --project . --job test"))
def diagnose_command(
    trace: Annotated[list[str], typer.Argument(help="Saved job logs; - reads standard input.")],
    project: Annotated[Path | None, typer.Option(help="The checkout that the job ran on.")] = None,
    job: Annotated[str | None, typer.Option(help="The job's name in the CI file.")] = None,
    image: Annotated[str | None, typer.Option(help="The image that the job ran in.")] = None,
    format: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    no_color: NoColorOption = False,
) -> int:
    """Say why a job failed, with the lines that prove it."""
    from bot.shell.commands import diagnose

    output = output_of(format, quiet, verbose, no_color)
    return diagnose.run(trace, output, project=project, job=job, image=image)


@app.command("survey", epilog=example("scansion survey checkouts --html report.html", "scansion survey group"))
def survey_command(
    target: Annotated[str, typer.Argument(help="A folder of checkouts, or a GitLab group's path.")],
    html: Annotated[Path | None, typer.Option(help="Write a report with every finding to this file.")] = None,
    format: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    no_color: NoColorOption = False,
) -> int:
    """Review every project of a group or of a folder."""
    from bot.shell.commands import survey

    return survey.run(target, output_of(format, quiet, verbose, no_color), html=html)


@app.command("explain", epilog=example("scansion explain uncached-install"))
def explain_command(
    name: Annotated[str, typer.Argument(help="A rule, a cause or a chat command.", metavar="ID")],
    format: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    no_color: NoColorOption = False,
) -> int:
    """Print the page of a rule, a cause or a chat command."""
    from bot.shell.commands import pages

    return pages.explain(name, output_of(format, quiet, verbose, no_color))


@app.command("rules", epilog=example("scansion rules --format json"))
def rules_command(
    format: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    no_color: NoColorOption = False,
) -> int:
    """List the rules of the review."""
    from bot.shell.commands import pages

    return pages.list_rules(output_of(format, quiet, verbose, no_color))


@app.command("causes", epilog=example("scansion causes"))
def causes_command(
    format: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    no_color: NoColorOption = False,
) -> int:
    """List the causes of failed jobs that the diagnosis knows."""
    from bot.shell.commands import pages

    return pages.list_causes(output_of(format, quiet, verbose, no_color))


def version_option(value: bool) -> None:
    """Print the version and end."""
    if value:
        typer.echo(f"scansion {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=version_option, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options before the command."""


def main() -> None:
    """Run the command line and exit: 0 nothing found, 1 findings, 2 wrong use, 3 a fault of ours."""
    _have_a_home()
    sys.exit(run_command(sys.argv[1:]))


def _have_a_home() -> None:
    """A container may run as a number without a name: python-gitlab cannot be imported without a home folder."""
    try:
        Path.home()
    except RuntimeError:
        os.environ["HOME"] = "/nonexistent"


def run_command(arguments: list[str]) -> int:
    """Run one command line and return its exit status."""
    try:
        return app(arguments, prog_name="scansion", standalone_mode=False) or 0
    except UsageError as error:
        print(f"scansion: {error}", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except BrokenPipeError:
        sys.stdout = None  # the reader has gone; nothing is left to flush
        return 0
    except Exception as error:  # noqa: BLE001 - the last net: one line, not a traceback
        return _fault(error)


def _fault(error: Exception) -> int:
    show = getattr(error, "format_message", None)
    if show is not None and hasattr(error, "exit_code"):  # Typer's own usage errors
        if said := show():
            print(f"scansion: {said}", file=sys.stderr)
        return 2
    if "SCANSION_DEBUG" in os.environ:
        traceback.print_exception(error)
    print(
        f"scansion: a fault of ours: {type(error).__name__}: {error} (SCANSION_DEBUG=1 shows where)",
        file=sys.stderr,
    )
    return 3
