"""Write the tables of rules, causes and chat commands into README.md, from the modules' own docstrings.

readme_tables.py           rewrite README.md
readme_tables.py --check   say whether it is current (exit status 1 if not)
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from bot.app.command import Command, all_commands
from bot.core.cause import all_causes
from bot.core.rule import all_rules

BAR = r"\|"  # a table's cell ends at a bar, in code too
README = Path(__file__).resolve().parent.parent / "README.md"


def tables() -> dict[str, str]:
    """Return the text between the markers, by marker."""
    rules = [
        f"| `{rule.id}` | {rule.severity} | {rule.fix or ''} | {rule.page.summary} |"
        for rule in all_rules().values()
    ]
    causes = [f"| `{cause.id}` | {cause.page.summary} |" for cause in all_causes().values()]
    chat = [_chat_row(command) for command in all_commands().values()]
    return {
        "chat": "\n".join(["| command | what it does |", "| --- | --- |", *chat]),
        "rules": "\n".join(["| rule | severity | fix | what it says |", "| --- | --- | --- | --- |", *rules]),
        "causes": "\n".join(["| cause | what it says |", "| --- | --- |", *causes]),
    }


def _chat_row(command: Command) -> str:
    words = " ".join(filter(None, (f"/scansion {command.id}", command.usage)))
    return f"| `{words.replace('|', BAR)}` | {command.page.summary} |"


def rewritten(text: str) -> str:
    """Return the README with current tables."""
    for name, table in tables().items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        text = pattern.sub(lambda match, table=table: f"{match[1]}{table}\n{match[2]}", text)
    return text


def main() -> int:
    """Rewrite or check."""
    text = README.read_text(encoding="utf-8")
    current = rewritten(text)
    if "--check" in sys.argv[1:]:
        return int(current != text)
    README.write_text(current, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
