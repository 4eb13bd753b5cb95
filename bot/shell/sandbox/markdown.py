"""Notes as GitLab shows them: Markdown with the few HTML tags that are let through, mentions and references."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

_TAGS = (
    "details|summary|br|hr|sub|sup|kbd|b|i|em|strong|code|pre|p|ul|ol|li|blockquote|table|thead|tbody|tr|th|td|del"
)
_SAFE_TAG = re.compile(rf"</?(?:{_TAGS})\s*/?>", re.IGNORECASE)
_PIECE = re.compile(r"<!--.*?(?:-->|$)|<[^>]*>|[^<]+|<", re.DOTALL)
_MENTION = re.compile(r"(?<![\w`@/.])@([a-zA-Z0-9_](?:[\w.-]*\w)?(?:/[\w.-]*\w)*)")
_REFERENCE = re.compile(r"(?<![\w`&/])([#!]\d+)\b")


def render(text: str) -> str:
    """Return a note's HTML. Nothing in it runs, and nothing is loaded from elsewhere."""
    return str(_markdown().render(text))


def render_title(text: str) -> str:
    """Return a title's HTML: code spans and such, nothing that breaks the line."""
    return str(_markdown().renderInline(text))


def mentions(text: str) -> list[str]:
    """Return the names that a note would notify."""
    return [match[1] for token in _texts(text) for match in _MENTION.finditer(token.content)]


def references(text: str) -> list[str]:
    """Return the issues and merge requests that a note would link to, and leave a trace on."""
    return [match[1] for token in _texts(text) for match in _REFERENCE.finditer(token.content)]


def _texts(text: str) -> Iterator[Token]:
    in_link = False
    for block in _markdown().parse(text):
        for token in block.children or []:
            in_link = token.type == "link_open" or (in_link and token.type != "link_close")
            if token.type == "text" and not in_link:
                yield token


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    for rule, function in (
        ("html_block", _html),
        ("html_inline", _html),
        ("image", _image),
        ("fence", _fence),
        ("text", _text),
    ):
        markdown.add_render_rule(rule, function)
    return markdown


def _html(_self: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:  # noqa: ANN401
    pieces = _PIECE.findall(tokens[index].content)
    return "".join(_safe_piece(piece) for piece in pieces)


def _safe_piece(piece: str) -> str:
    if piece.startswith("<!--"):
        return ""
    return piece if _SAFE_TAG.fullmatch(piece) else escape(piece)


def _image(_self: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:  # noqa: ANN401
    return f'<span class="image">{escape(tokens[index].content)}</span>'


def _text(_self: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:  # noqa: ANN401
    marked = _MENTION.sub(r'<span class="mention">@\1</span>', escape(tokens[index].content, quote=False))
    return _REFERENCE.sub(r'<span class="reference">\1</span>', marked)


def _fence(_self: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:  # noqa: ANN401
    token = tokens[index]
    kind = token.info.strip().split(":", maxsplit=1)[0]
    if kind == "suggestion":
        lines = "".join(f'<span class="line new">+{escape(line)}</span>' for line in token.content.splitlines())
        return f'<div class="suggestion"><div class="title">Suggested change</div><pre>{lines}</pre></div>'
    if kind == "diff":
        lines = "".join(_diff_line(line) for line in token.content.splitlines())
        return f'<pre class="code">{lines}</pre>'
    return f'<pre class="code"><code>{escape(token.content)}</code></pre>'


def _diff_line(line: str) -> str:
    kind = {"+": "new", "-": "old", "@": "hunk"}.get(line[:1], "")
    return f'<span class="line {kind}">{escape(line)}</span>'
