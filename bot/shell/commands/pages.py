"""`scansion explain`, `rules`, `causes`: the pages of what the bot knows."""

from __future__ import annotations

import difflib

from rich.markdown import Markdown
from rich.table import Table

from bot.core.cause import all_causes
from bot.core.rule import Rule, all_rules
from bot.shell.errors import UsageError
from bot.shell.explained import Explained, every_page, pages_of
from bot.shell.output import Format, Output


def explain(name: str, output: Output) -> int:
    """Print the page of a rule, a cause or a chat command. An id may be both a rule's and a cause's."""
    pages = pages_of(name)
    if not pages:
        near = difflib.get_close_matches(name, [entry.id for entry in every_page()], n=1)
        raise UsageError(f"nothing is called `{name}`" + (f"; did you mean `{near[0]}`?" if near else ""))
    if output.format == Format.JSON:
        output.json([_page_json(entry) for entry in pages])
        return 0
    for entry in pages:
        output.console.print(Markdown(entry.markdown))
    return 0


def _page_json(entry: Explained) -> dict[str, object]:
    page = entry.page
    return {"id": entry.id, "kind": entry.kind, "summary": page.summary, "sections": dict(page.sections)}


def list_rules(output: Output) -> int:
    """Print every rule with one line."""
    rules = all_rules().values()
    if output.format == Format.JSON:
        output.json([_rule_json(rule) for rule in rules])
        return 0
    table = Table("rule", "severity", "fix", "what it says", box=None, pad_edge=False)
    for rule in rules:
        table.add_row(rule.id, rule.severity.value, rule.fix.value if rule.fix else "", rule.page.summary)
    output.console.print(table)
    return 0


def _rule_json(rule: Rule) -> dict[str, str | None]:
    return {
        "id": rule.id,
        "severity": rule.severity.value,
        "confidence": rule.confidence.value,
        "fix": rule.fix.value if rule.fix else None,
        "summary": rule.page.summary,
    }


def list_causes(output: Output) -> int:
    """Print every cause with one line."""
    causes = all_causes().values()
    if output.format == Format.JSON:
        output.json([{"id": cause.id, "summary": cause.page.summary} for cause in causes])
        return 0
    table = Table("cause", "what it says", box=None, pad_edge=False)
    for cause in causes:
        table.add_row(cause.id, cause.page.summary)
    output.console.print(table)
    return 0
