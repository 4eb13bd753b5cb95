"""The templates of the bot's own pages, in `bot/shell/pages`."""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape


def page_templates(finalize: Callable[[object], object] | None = None) -> Environment:
    """Return the templates: everything put into them is escaped, and passes ``finalize`` before."""
    return Environment(
        loader=PackageLoader("bot.shell", "pages"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        finalize=finalize,
    )
