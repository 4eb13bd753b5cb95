"""`scansion survey`: how the pipelines of many projects stand."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from bot.core.finding import Severity
from bot.core.render.findings_json import report_json
from bot.shell.errors import UsageError
from bot.shell.output import Format, Output
from bot.shell.page_templates import page_templates
from bot.shell.settings import load_settings, require_forge
from bot.shell.survey import Surveyed, survey_folder, survey_group, tally

SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.INFO)


def run(target: str, output: Output, *, html: Path | None) -> int:
    """Review the projects and print a table; 1 where there are findings."""
    found = _survey(target)
    projects = [one for one in found if one.uses_poetry]
    if html is not None:
        _write_page(html, target, projects)
        output.note(f"scansion: the report is in `{html}`")
    if output.format == Format.JSON:
        output.json({"version": 1, "projects": [_json(one) for one in projects]})
    else:
        _print(projects, output)
        _sum_up(projects, len(found), output)
    return 1 if any(one.findings for one in projects) else 0


def _survey(target: str) -> list[Surveyed]:
    folder = Path(target)
    if folder.is_dir():
        found = survey_folder(folder)
        if not found:
            raise UsageError(f"no folder below `{target}` holds a `.gitlab-ci.yml`")
        return found
    settings = load_settings()
    require_forge(settings)
    return asyncio.run(survey_group(settings, target))


def _json(one: Surveyed) -> dict[str, object]:
    return {"project": one.name, "url": one.url, "fault": one.fault, **report_json(one.report, one.snapshot)}


def _print(projects: list[Surveyed], output: Output) -> None:
    table = Table(box=None, pad_edge=False)
    for title in ("project", "errors", "warnings", "notes"):
        table.add_column(title, justify="left" if title == "project" else "right", overflow="fold")
    table.add_column("what weighs most", overflow="fold")
    for one in projects:
        counts = [str(one.count(severity) or "") for severity in SEVERITIES]
        table.add_row(escape(one.name), *counts, escape(one.fault or _worst(one)))
    output.console.print(table)


def _sum_up(projects: list[Surveyed], looked_at: int, output: Output) -> None:
    if output.quiet:
        return
    concerned = sum(bool(one.findings) for one in projects)
    others = looked_at - len(projects)
    left_out = f" {others} without Poetry were left out." if others else ""
    output.line(f"{concerned} of {len(projects)} projects have findings.{left_out}")
    for rule, count in tally(projects)[:5]:
        output.line(f"  {count:4}  {rule}")


def _worst(one: Surveyed) -> str:
    """Return the rules of the heaviest severity that the project has findings of."""
    for severity in SEVERITIES:
        rules = dict.fromkeys(finding.rule for finding in one.findings if finding.severity is severity)
        if rules:
            return ", ".join(rules)
    return ""


def _write_page(path: Path, target: str, projects: list[Surveyed]) -> None:
    text = (
        page_templates()
        .get_template("survey.html")
        .render(
            target=target,
            projects=projects,
            tally=tally(projects),
            severities=SEVERITIES,
            totals={severity: sum(one.count(severity) for one in projects) for severity in SEVERITIES},
            day=datetime.now(UTC).date().isoformat(),
        )
    )
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"`{path}` cannot be written: {error.strerror}") from error
