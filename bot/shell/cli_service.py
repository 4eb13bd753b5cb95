"""The command line of the service: serve, work, demo, doctor, install, queue."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.shell.cli_options import (
    FormatOption,
    NoColorOption,
    QuietOption,
    VerboseOption,
    example,
    output_of,
)
from bot.shell.output import Format

app = typer.Typer()
queue_app = typer.Typer(help="Inspect and replay stored work.", no_args_is_help=True)
app.add_typer(queue_app, name="queue")

IdArgument = Annotated[int, typer.Argument(help="The work's number.", metavar="ID")]


@app.command("serve", epilog=example("SCANSION_GITLAB_URL=https://gitlab.example.com scansion serve"))
def serve_command(
    workers: Annotated[
        int | None, typer.Option(help="Pieces of work at a time; 0 for a receiver alone.", min=0, show_default="8")
    ] = None,
    verbose: VerboseOption = False,
) -> int:
    """Receive webhooks and work on them."""
    from bot.shell.commands import service

    return service.serve(workers=workers, verbose=verbose)


@app.command("work", epilog=example("scansion work --workers 16"))
def work_command(
    workers: Annotated[int | None, typer.Option(help="Pieces of work at a time.", min=1, show_default="8")] = None,
    verbose: VerboseOption = False,
) -> int:
    """Work on what was received; needs a PostgreSQL store that the receiver shares."""
    from bot.shell.commands import service

    return service.work(workers=workers, verbose=verbose)


@app.command("demo", epilog=example("scansion demo --once"))
def demo_command(
    once: Annotated[bool, typer.Option("--once", help="End after the play instead of serving.")] = False,
    port: Annotated[int, typer.Option(help="Port of the simulated GitLab; 0 takes a free one.")] = 0,
    no_color: NoColorOption = False,
) -> int:
    """Play the bot beside a small simulated GitLab and show what it does."""
    from bot.shell.commands import demo

    return demo.run(output_of(Format.TEXT, no_color=no_color), once=once, port=port)


@app.command("doctor", epilog=example("scansion doctor"))
def doctor_command(
    format: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    no_color: NoColorOption = False,
) -> int:
    """Check settings, token, hooks, clock and queue."""
    from bot.shell.commands import doctor

    return doctor.run(output_of(format, quiet, verbose, no_color))


@app.command("install", epilog=example("scansion install group/project --url https://scansion.example.com"))
def install_command(
    target: Annotated[str, typer.Argument(help="Full path or number of a project or group.", metavar="TARGET")],
    url: Annotated[
        str | None, typer.Option(help="Where GitLab reaches the bot.", show_default="pages_url")
    ] = None,
    format: FormatOption = Format.TEXT,
    no_color: NoColorOption = False,
) -> int:
    """Create or repair the webhook of a project or group."""
    from bot.shell.commands import install

    return install.run(output_of(format, no_color=no_color), target, url)


@queue_app.command("list", epilog=example("scansion queue list --state dead"))
def queue_list_command(
    state: Annotated[str | None, typer.Option(help="waiting, running or dead.")] = None,
    format: FormatOption = Format.TEXT,
    no_color: NoColorOption = False,
) -> int:
    """List stored work: what waits, what runs, and dead letters."""
    from bot.shell.commands import queue

    return queue.list_work(output_of(format, no_color=no_color), state)


@queue_app.command("show", epilog=example("scansion queue show 17"))
def queue_show_command(
    work: IdArgument, format: FormatOption = Format.TEXT, no_color: NoColorOption = False
) -> int:
    """Show one piece of work with its error."""
    from bot.shell.commands import queue

    return queue.show(output_of(format, no_color=no_color), work)


@queue_app.command("retry", epilog=example("scansion queue retry 17"))
def queue_retry_command(work: IdArgument) -> int:
    """Run a dead letter again."""
    from bot.shell.commands import queue

    return queue.retry(output_of(Format.TEXT), work)


@queue_app.command("discard", epilog=example("scansion queue discard 17"))
def queue_discard_command(work: IdArgument) -> int:
    """Drop a dead letter."""
    from bot.shell.commands import queue

    return queue.discard(output_of(Format.TEXT), work)
