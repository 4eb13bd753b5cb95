"""`poetry.toml`."""

from __future__ import annotations

from bot.core.python.poetry_config import read_poetry_config
from bot.core.source import SourceFile


def test_settings_are_flat_and_text() -> None:
    text = (
        "[virtualenvs]\nin-project = true\n[virtualenvs.options]\nno-pip = false\n[installer]\nmax-workers = 4\n"
    )
    config = read_poetry_config(SourceFile("poetry.toml", text))
    assert config.settings == {
        "virtualenvs.in-project": "true",
        "virtualenvs.options.no-pip": "false",
        "installer.max-workers": "4",
    }


def test_absent_or_broken_file_has_no_settings() -> None:
    assert read_poetry_config(None).settings == {}
    broken = read_poetry_config(SourceFile("poetry.toml", "[virtualenvs\n"))
    assert broken.settings == {}
    assert broken.error_line == 1
