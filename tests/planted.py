"""The secrets that tests plant, and the search for them in everything that the product writes while tests run.

Each secret in a test says that it is none: one of the operator has `made-up-` in it (a signing token the base64
of that), one of a project's people `MadeUp`. What the product logs, prints, answers over HTTP, writes on the
simulated GitLab or keeps in a store is searched for both, and the session fails where one is found. Allowed is
what cannot be otherwise: a person's secret stays in the lines of their own file that the bot did not change, and
the store knows the names of branches.
"""

from __future__ import annotations

import base64
import mmap
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from aiohttp import web
from structlog.stdlib import ProcessorFormatter

from bot.shell.sandbox.routing import Route

OF_THE_OPERATOR = r"made-up-\w|bWFkZS11cC"  # the second is the first in base64
ANY = rf"{OF_THE_OPERATOR}|MadeUp"
NOT_FOR_A_STORE = rf"{ANY}(?!InTheBranch)"
HOOK_SECRETS = {"token", "signing_token"}  # GitLab is told them: that is what `scansion install` is for
FILES = {"actions", "content"}  # of a commit, of a file to be linted
BRANCHES = {"branch", "ref", "source_branch", "target_branch"}
STORES, LOGS = ("*.db", "*.db-wal"), ("*.log",)
SHOWN = 60


def signing_token(name: str) -> str:
    """A signing token that says that it is made up."""
    return "whsec_" + base64.b64encode(f"made-up-signing-key-{name}".ljust(32, "x").encode()).decode()


SIGNING_TOKEN = signing_token("of-tests")


@dataclass
class Watch:
    """What was found so far, and how much was searched in each place."""

    on: bool = False
    found: list[str] = field(default_factory=list)
    searched: Counter[str] = field(default_factory=Counter)

    def look(self, place: str, text: str, secrets: str = ANY) -> None:
        """Search a text."""
        self.searched[place] += len(text)
        if match := re.search(secrets, text):
            start, end = max(0, match.start() - SHOWN), match.end() + SHOWN
            self.tell(place, text[start:end])

    def look_into_files(self, place: str, folder: Path, names: Iterable[str], secrets: str = ANY) -> None:
        """Search files, however large."""
        for path in (path for name in names for path in folder.rglob(name)):
            with suppress(OSError, ValueError), path.open("rb") as file:  # gone, or empty
                content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                self.searched[place] += len(content)
                if match := re.search(secrets.encode(), content):
                    around = content[max(0, match.start() - SHOWN) : match.end() + SHOWN]
                    self.tell(f"{place} {path}", around.decode("latin-1"))

    def tell(self, place: str, around: str) -> None:
        """Remember a secret that was found."""
        self.found.append(f"{place}, {os.environ.get('PYTEST_CURRENT_TEST', 'after the tests')}: {around!r}")


WATCH = Watch()


def listen(owner: type, name: str, look: Callable[..., None]) -> None:
    """Look at every call of a method: at its result, then at its arguments."""
    method = getattr(owner, name)

    @wraps(method)
    def heard(*args: Any, **kwargs: Any) -> Any:
        result = method(*args, **kwargs)
        look(result, *args)
        return result

    setattr(owner, name, heard)


def pytest_configure(config: pytest.Config) -> None:
    """Listen at every way out."""
    if WATCH.on:
        return
    WATCH.on = True
    listen(ProcessorFormatter, "format", lambda line, *_: WATCH.look("log", line))
    listen(pytest.CaptureFixture, "readouterr", lambda said, *_: WATCH.look("output", "".join(map(str, said))))
    listen(Popen, "communicate", lambda said, *_: WATCH.look("output", "".join(map(_text, said))))
    listen(web.Response, "prepare", _look_at_answer)
    listen(Route, "read", _look_at_request)


def _text(said: object) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said or "")


def _look_at_answer(_result: object, response: web.Response, request: web.BaseRequest) -> None:
    """The bot's answers; the simulated GitLab may show what is in its files."""
    handler = getattr(getattr(request, "match_info", None), "handler", None)
    module = getattr(handler, "__module__", "")
    if module.startswith("bot.shell.") and not module.startswith("bot.shell.sandbox"):
        WATCH.look("answer", f"{dict(response.headers)} {_text(response.body)}")


def _look_at_request(args: dict[str, object] | None, route: Route, *_given: object) -> None:
    """What anybody writes on the simulated GitLab."""
    if route.method == "GET":
        return
    shown = {name: value for name, value in (args or {}).items() if name not in HOOK_SECRETS}
    WATCH.look("comment", str({name: value for name, value in shown.items() if name not in FILES | BRANCHES}))
    WATCH.look("request", str(shown), OF_THE_OPERATOR)


@pytest.fixture(scope="session", autouse=True)
def _written_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """At the end, what processes that tests started logged and stored."""
    yield
    WATCH.look_into_files("log", tmp_path_factory.getbasetemp(), LOGS)
    WATCH.look_into_files("store", tmp_path_factory.getbasetemp(), STORES, NOT_FOR_A_STORE)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker of xdist found."""
    output = getattr(node, "workeroutput", {})
    WATCH.found += output.get("planted_found", ())
    WATCH.searched.update(output.get("planted_searched", {}))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the session, or as a worker of xdist report."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output |= {"planted_found": WATCH.found, "planted_searched": dict(WATCH.searched)}
    elif WATCH.found:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Search what a test printed; xdist hands each report on, and once is enough."""
    if not hasattr(report, "node"):
        WATCH.look("output", report.capstdout + report.capstderr)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was searched, and what should not have been there."""
    amounts = ", ".join(f"{size:,} of {place}" for place, size in sorted(WATCH.searched.items()))
    terminalreporter.write_line(f"searched for planted secrets, in characters: {amounts or 'nothing'}")
    for line in WATCH.found:
        terminalreporter.write_line(f"a planted secret is in: {line}", red=True)
