"""What an installation took is read from the log of a run, and only where the log really tells."""

from __future__ import annotations

import pytest

from bot.core.install_time import InstallTime, install_time, summary
from bot.core.trace_reader import read_trace
from bot.shell.sandbox.job_log import JobLog

INSTALL = "poetry install --no-root"
PRINTED = "Installing dependencies from lock file\n\nPackage operations: 40 installs, 0 updates, 0 removals"


def run_log(*commands: tuple[str, str, float], code: int = 0) -> bytes:
    log = JobLog(started=1_790_000_000.0)
    log.note("Running with gitlab-runner 18.6.0")
    log.begin("prepare_executor", "Preparing the executor")
    log.now += 10
    log.begin("step_script", 'Executing "step_script" stage of the job script')
    for text, printed, seconds in commands:
        log.command(text)
        log.output(printed, seconds)
    return log.finish(code)


def measured(log: bytes) -> tuple[int, int] | None:
    found = install_time(read_trace([log]))
    return found and (round(found.install_s), round(found.total_s))


def test_installation_lasts_until_the_next_command():
    log = run_log(("pip install poetry", "", 20), (INSTALL, PRINTED, 94), ("poetry run pytest", "12 passed", 16))
    assert measured(log) == (94, 140)


def test_installation_that_comes_last_ends_with_its_section():
    assert measured(run_log(("pip install poetry", "", 20), (INSTALL, PRINTED, 30))) == (30, 60)


def test_two_installations_are_added_up():
    log = run_log((INSTALL, PRINTED, 30), ("poetry build", "", 5), ("poetry install --only docs", PRINTED, 10))
    assert measured(log) == (40, 55)


def test_failed_tests_behind_the_installation_leave_it_measured():
    log = run_log((INSTALL, PRINTED, 30), ("poetry run pytest", "1 failed", 10), code=1)
    assert measured(log) == (30, 50)


def test_of_a_line_that_first_installs_poetry_only_the_packages_count():
    line = "pip install poetry && poetry install"
    printed = f"Collecting poetry\nSuccessfully installed poetry\n{PRINTED}\n  - Installing six (1.17.0)"
    assert measured(run_log((line, printed, 60), ("poetry run pytest", "", 10))) == (30, 80)


@pytest.mark.parametrize(
    "commands",
    [
        pytest.param([("poetry run pytest", "", 10)], id="no installation"),
        pytest.param([(INSTALL, "No dependencies to install or update", 2)], id="environment was there"),
        pytest.param([("poetry install --only-root", "", 2)], id="only the project"),
        pytest.param([("poetry install --dry-run", PRINTED, 2)], id="nothing but a list"),
        pytest.param([("poetry install && poetry run pytest", PRINTED, 20)], id="tests in the same line"),
        pytest.param([("poetry install\npoetry run pytest", PRINTED, 20)], id="tests in the same block"),
        pytest.param([("pip install poetry && poetry install -q", "", 20)], id="nothing tells where it begins"),
    ],
)
def test_what_cannot_be_told_is_not_told(commands):
    assert measured(run_log(*commands)) is None


def test_failed_installation_is_no_measure():
    assert measured(run_log((INSTALL, PRINTED, 30), code=1)) is None


def test_log_that_is_cut_off_is_no_measure():
    log = run_log((INSTALL, PRINTED, 30))
    assert measured(log[: log.index(b"section_end:" + b"1790000040")]) is None


def section(name: str, start: int, end: int, text: str) -> str:
    erase = "\r\x1b[0K"
    return f"section_start:{start}:{name}{erase}{text}\nsection_end:{end}:{name}{erase}\n"


def test_without_timestamps_only_a_section_of_its_own_tells():
    plain = f"Executing\n$ {INSTALL}\n$ poetry run pytest"
    own = section("section_script_step_0", 110, 140, f"$ {INSTALL}") + section(
        "section_script_step_1", 140, 154, "$ poetry run pytest"
    )
    before, after = section("prepare_executor", 100, 110, "Preparing"), section("cleanup", 155, 156, "Cleaning up")
    for script, expected in ((plain, None), (own, (30, 56))):
        log = f"{before}{section('step_script', 110, 154, script)}{after}Job succeeded\n"
        assert measured(log.encode()) == expected


def test_several_runs_give_their_medians():
    runs = [InstallTime(90, 150), InstallTime(94, 140), InstallTime(300, 120)]
    found = summary(runs)
    assert found is not None
    assert (found.install_s, found.total_s, found.runs) == (94, 140, 3)
    assert summary([]) is None
