"""Tests failed.

What happened
-------------
The tests ran and some did not pass: an assertion, an exception in the code, a time-out, or a crash of the
interpreter.

What to do
----------
The evidence names the first test that failed. Run it alone on your machine (`poetry run pytest PATH::NAME`). A
test that fails only sometimes, on the same commit, is flaky: the verdict says so where the history shows it.

References
----------
- pytest, how to invoke it: https://docs.pytest.org/en/stable/how-to/usage.html

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import SUMMARY, TEST, Sign

TESTS = r"test|tox|nox|make|coverage"

CAUSE = Cause(
    id="test-failure",
    signs=(
        Sign(
            literal=("FAILED ", "ERROR "),
            pattern=r"^(?:FAILED|ERROR) (?P<name>[^\s\[]+\S*)",
            where=SUMMARY,
            message="The test `{name}` failed.",
            kind="test",
            subject="{name}",
        ),
        Sign(
            literal="Fatal Python error",
            pattern=r"Fatal Python error: (?P<why>.+)",
            message="Python crashed while the tests ran: {why}. The evidence's next lines say in which test.",
            kind="test",
            subject="{why}",
            command=TESTS,
        ),
        Sign(
            literal="Fatal Python error",
            pattern=r"Fatal Python error: (?P<why>.+)",
            near=r"test session starts|_pytest/|pluggy/",
            within=60,
            message="Python crashed while the tests ran: {why}. The evidence's next lines say in which test.",
            kind="test",
            subject="{why}",
        ),
        Sign(
            literal="+ Timeout +",
            pattern=r"^\++ Timeout \++$",
            message="A test ran longer than the time that pytest-timeout gives it: `{name}`.",
            kind="test",
            subject="{name}",
            above=r'^\s*File "[^"]+", line \d+, in (?P<name>test\w*)$',
            needs_above=True,
            last=True,
        ),
        Sign(
            literal="+ Timeout +",
            pattern=r"^\++ Timeout \++$",
            message="A test ran longer than the time that pytest-timeout gives it.",
        ),
        Sign(
            literal=("Segmentation fault", "Aborted", "Bus error", "Illegal instruction"),
            pattern=(
                r"(?i)(?P<why>segmentation fault|aborted \(core dumped\)|bus error)"
                r"|: line \d+: +\d+ (?P<signal>Aborted|Illegal instruction)\b"
            ),
            message="A program crashed: {why}{signal}.",
            kind="test",
            subject="{why}{signal}",
        ),
        Sign(
            literal=("FAIL: ", "ERROR: "),
            pattern=r"^(?:FAIL|ERROR): (?P<name>test\w*|\w*[tT]est\w*|setUp\w+|tearDown\w+) \(",
            message="The test `{name}` failed.",
            kind="test",
            subject="{name}",
        ),
        Sign(
            literal="____ ",
            pattern=r"^_{3,} (?:ERROR (?:at setup of|collecting) )?(?P<name>\S+)(?: .*)? _{3,}$",
            where=SUMMARY,
            message="The test `{name}` failed.",
            kind="test",
            subject="{name}",
        ),
        Sign(literal=("FAILED (failures=", "FAILED (errors="), message="Some tests failed."),
        Sign(
            literal=(" failed in ", " failed, ", " error in ", " errors in ", " error, ", " errors, "),
            pattern=r"^(?:=+ )?(?:.*, )?(?P<count>\d+) (?:failed|errors?)\b.* in [\d.]+s",
            message="{count} tests failed.",
        ),
        Sign(
            literal="| FAIL |",
            pattern=r"^(?P<name>\S.*?)\s+\| FAIL \|$",
            message="The test `{name}` failed.",
            kind="test",
            subject="{name}",
        ),
        Sign(
            literal=".feature:",
            pattern=r"^\s+(?P<name>\S+\.feature:\d+)\s+(?P<why>.*)",
            near=r"^(?:Failing|Errored) scenarios:",
            message="The scenario `{why}` in `{name}` failed.",
            kind="test",
            subject="{name}",
        ),
        Sign(
            literal="scenarios passed, ",
            pattern=r"scenarios? passed, (?:0 failed, )?(?P<count>[1-9]\d*) (?:failed|error)",
            message="{count} scenarios failed.",
        ),
        Sign(
            literal="***Test Failed***",
            above=r'^File "(?P<path>[^"]+)", line (?P<line>\d+), in (?P<name>\S+)$',
            needs_above=True,
            message="The doctest of `{name}` failed (line {line}).",
            kind="test",
            subject="{name}",
        ),
        Sign(literal="***Test Failed***", message="A doctest failed."),
        Sign(
            literal="INTERNALERROR>",
            pattern=r"^INTERNALERROR> (?P<why>[\w.]+(?:Error|Exception|Warning|Exit)\b.*)",
            message="pytest itself failed, in a plugin or `conftest.py`: {why}.",
            last=True,
        ),
        Sign(
            literal="INTERNALERROR>",
            message="pytest itself failed: an error in a plugin or `conftest.py`.",
            command=TESTS,
        ),
        Sign(
            literal="E  ",
            pattern=r"^E {2,}(?P<why>\w[\w.]*(?:Error|Exception|Failed)\b.*)",
            where=TEST,
            message="A test failed: {why}.",
        ),
        Sign(literal="AssertionError", pattern=r"^(?:E +)?AssertionError", message="An assertion failed."),
    ),
    last_resort=True,
)
