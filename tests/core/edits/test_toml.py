"""Values in TOML files."""

import tomllib

import pytest

from bot.core.edits.text import EditRefused, apply_edits
from bot.core.edits.toml import replace_string, set_value
from bot.core.finding import Location
from bot.core.python.project import read_project
from bot.core.source import SourceFile
from bot.core.span import Span

TEXT = """\
[project]  # the package
name = "demo"
version = '1.2.3'   # keep in step
dependencies = ["a>=1", "version 1.2.3"]

[tool.poetry]
package-mode = true
"""


def changed(text, make):
    file = SourceFile("pyproject.toml", text)
    return apply_edits({"pyproject.toml": file}, [make(file)])["pyproject.toml"].text


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n"), TEXT.rstrip()])
def test_a_version_is_bumped_and_nothing_else(text):
    after = changed(text, lambda file: replace_string(file, read_project(file).version_at, "1.3.0"))
    assert after == text.replace("'1.2.3'", "'1.3.0'")


def test_a_wrong_place_is_refused():
    place = Location("pyproject.toml", Span(TEXT.index("demo") - 1, TEXT.index("demo") + 4))
    with pytest.raises(EditRefused):
        changed(TEXT, lambda file: replace_string(file, place, "x"))


def test_a_text_that_needs_escapes_is_refused():
    with pytest.raises(EditRefused):
        changed(TEXT, lambda file: replace_string(file, read_project(file).version_at, '1"\nx = "'))


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n")])
def test_a_value_is_changed_where_it_stands(text):
    after = changed(text, lambda file: set_value(file, ["tool", "poetry", "package-mode"], value=False))
    assert after == text.replace("package-mode = true", "package-mode = false")


def test_tables_are_made():
    after = changed(TEXT, lambda file: set_value(file, ["tool", "poetry", "requires-plugins", "x"], ">=1"))
    assert after.startswith(TEXT.rstrip())
    assert tomllib.loads(after)["tool"]["poetry"]["requires-plugins"] == {"x": ">=1"}


def test_broken_toml_is_refused():
    with pytest.raises(EditRefused, match="cannot be set"):
        changed("a = [", lambda file: set_value(file, ["a"], "b"))
