"""The pages of rules, causes and chat commands, by id: for `scansion explain` and for the bot's web server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aiohttp import web
from markdown_it import MarkdownIt

from bot.app.command import all_commands
from bot.core.cause import all_causes
from bot.core.page import Page
from bot.core.rule import all_rules
from bot.shell.page_templates import page_templates

POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


@dataclass(frozen=True, slots=True)
class Explained:
    """A page with the id and the kind of what it explains."""

    id: str
    kind: str
    page: Page

    @property
    def markdown(self) -> str:
        """The whole page as Markdown."""
        sections = [f"## {title}\n\n{body}" for title, body in self.page.sections.items()]
        return "\n\n".join([f"# {self.id} ({self.kind})", self.page.summary, *sections])


def every_page() -> Iterator[Explained]:
    """Yield all pages: rules, causes, chat commands, each sorted by id."""
    yield from (Explained(rule.id, "rule", rule.page) for rule in all_rules().values())
    yield from (Explained(cause.id, "cause", cause.page) for cause in all_causes().values())
    yield from (Explained(command.id, "chat command", command.page) for command in all_commands().values())


def pages_of(name: str) -> list[Explained]:
    """Return the pages for an id: a rule and a cause may share one."""
    return [entry for entry in every_page() if entry.id == name]


class ExplainPages:
    """Public pages: they hold nothing but what the program's own documentation says."""

    def __init__(self) -> None:
        self._pages = page_templates()
        self._markdown = MarkdownIt("commonmark", {"html": False}).enable("table")

    def add_to(self, app: web.Application) -> None:
        """Put the pages into an application."""
        app.router.add_get("/explain", self.index)
        app.router.add_get("/explain/{id:[a-z0-9-]{1,80}}", self.page)

    async def index(self, _request: web.Request) -> web.StreamResponse:
        """Answer with the list of all pages."""
        return self._answer("explain.html", entries=list(every_page()), body=None, name="What Scansion knows")

    async def page(self, request: web.Request) -> web.StreamResponse:
        """Answer with the pages of one id."""
        name = request.match_info["id"]
        found = pages_of(name)
        if not found:
            raise web.HTTPNotFound(text=f"nothing is called {name}")
        html = "\n".join(self._markdown.render(entry.markdown) for entry in found)
        return self._answer("explain.html", entries=[], body=html, name=name)

    def _answer(self, template: str, **values: object) -> web.Response:
        text = self._pages.get_template(template).render(**values)
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "public, max-age=3600"}
        return web.Response(text=text, content_type="text/html", headers=headers)
