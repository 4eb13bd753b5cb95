"""What the demo shows on the terminal: steps, events, notes and diffs."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable

from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.panel import Panel

from bot.shell.sandbox.webhooks import Delivery

_HIDDEN = re.compile(r"<!--.*?-->", re.DOTALL)
_FOLD = re.compile(r"</?details>|<summary>(.*?)</summary>", re.DOTALL)


_MARKS = re.compile(r"[*`]|\]\(<?[^)]*\)|\[(?=!)")
DIFF_COLORS = {"+": "green", "-": "red", "@": "cyan"}
SHOWN_STATUS = frozenset({"failed", "success"})
LONGEST_QUOTE = 80


class Stage:
    """Prints the play. Texts of the play are taken literally."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._started = time.monotonic()

    def act(self, title: str) -> None:
        """Begin one of the sample projects."""
        self.console.print()
        self.console.rule(f"[bold]{escape(title)}[/bold]", align="left")

    def step(self, text: str) -> None:
        """Say what a person or GitLab does."""
        passed = time.monotonic() - self._started
        self._print(f"\n[dim]{passed:5.1f} s[/dim]  [bold cyan]{escape(text)}[/bold cyan]")

    def say(self, text: str) -> None:
        """Say what follows from it."""
        self._print(f"         {escape(text)}")

    def events(self, deliveries: Iterable[Delivery]) -> None:
        """List the webhooks that arrived: a line for each that says something, a count of the others."""
        others = 0
        for delivery in deliveries:
            text = told(delivery)
            if text is None:
                others += 1
                continue
            size = len(delivery.body) / 1000
            self._print(f"         [dim]webhook, signed, {size:.1f} kB:[/dim] {escape(text)}")
        if others:
            self._print(f"         [dim]and {others} on pushes, and on jobs and pipelines under way[/dim]")

    def _print(self, text: str) -> None:
        self.console.print(text, soft_wrap=True)

    def note(self, title: str, body: str) -> None:
        """Show a note as people see it."""
        text = _FOLD.sub(lambda match: f"\n**{match[1]}**\n" if match[1] else "\n", _HIDDEN.sub("", body))
        self.console.print(Panel(Markdown(text.strip()), title=escape(title), title_align="left", padding=(1, 2)))

    def diff(self, text: str) -> None:
        """Show a change as git shows it."""
        for line in text.rstrip("\n").split("\n"):
            color = DIFF_COLORS.get(line[:1], "")
            self.console.print(f"    {line}", style=color or None, markup=False, soft_wrap=True)


def told(delivery: Delivery) -> str | None:
    """Say in a few words what a webhook is about; None for those that nobody asks about."""
    body = json.loads(delivery.body)
    about = body.get("object_attributes", body)
    match body["object_kind"]:
        case "merge_request":
            return f"merge request !{about['iid']}, {about.get('action', '')}"
        case "pipeline" if about["status"] in SHOWN_STATUS:
            return f"pipeline of {about['ref']}, {about['status']}"
        case "note":
            return f"comment of {body['user']['username']}: {_plain(about['note'])}"
        case _:
            return None


def _plain(body: str) -> str:
    """The first words of a note without Markdown."""
    first = _MARKS.sub("", _HIDDEN.sub("", body).strip().split("\n", 1)[0])
    return first if len(first) <= LONGEST_QUOTE else f"{first[:LONGEST_QUOTE].rstrip()}…"
