"""Plain scalars as Ruby's Psych reads them."""

import pytest

from bot.core.yamlwords import is_date, resolve, to_text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("Null", None),
        ("yes", True),
        ("On", True),
        ("TRUE", True),
        ("off", False),
        ("No", False),
        ("y", "y"),
        ("n", "n"),
        ("0755", 493),
        ("0b101", 5),
        ("0x1F", 31),
        ("1_000", 1000),
        ("1,000", 1000),
        ("-12", -12),
        ("089", "089"),
        ("3.10", 3.1),
        (".5", 0.5),
        ("1.5e+3", 1500.0),
        ("1e3", "1e3"),
        ("1234e56", "1234e56"),
        ("3.10.1", "3.10.1"),
        (".", "."),
        (".inf", float("inf")),
        ("22:30", 81000),
        ("1:30:05", 5405),
        (":symbol", "symbol"),
        ("2026-01-02", "2026-01-02"),
        ("python", "python"),
        ("é", "é"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_a_plain_scalar_means_what_psych_says(text, value):
    assert resolve(text, plain=True) == value
    assert type(resolve(text, plain=True)) is type(value)


def test_quoted_and_tagged_scalars_are_text():
    assert resolve("yes", plain=False) == "yes"
    assert resolve("3.10", plain=True, tag="tag:yaml.org,2002:str") == "3.10"


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (True, "true"), (3.1, "3.1"), (493, "493"), (float("-inf"), "-Infinity")]
)
def test_a_value_becomes_text_as_in_ruby(value, text):
    assert to_text(value) == text


def test_a_date_is_known():
    assert is_date("2026-01-02")
    assert not is_date("2026-13-02")
