"""The command line as a stranger meets it: one clear line and the right exit status."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.shell.cli import run_command
from bot.shell.folder import read_folder
from bot.shell.sandbox.job_log import JobLog

GREEN_CI = """\
test:
  image: python:3.12-slim-bookworm
  script:
    - echo hello
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".gitlab-ci.yml").write_text(GREEN_CI)
    return tmp_path


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    status = run_command(list(arguments))
    said = capsys.readouterr()
    return status, said.out, said.err


def one_line(text: str) -> bool:
    return text.startswith("scansion: ") and text.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "no/such/path"),
        ("check", ".", "--rule", "no-such-rule"),
        ("check", "--format", "yaml"),
        ("fix", "no/such/path"),
        ("fix", ".", "--trace", "job.log"),
        ("check", ".", "--trace", "job.log"),
        ("check", ".", "--trace", "no-such.log", "--job", "test"),
        ("diagnose", "no-such.log"),
        ("diagnose",),
        ("explain", "no-such-page"),
        ("no-such-command",),
    ],
)
def test_wrong_use_gets_one_line_and_status_2(capsys, project, monkeypatch, arguments):
    monkeypatch.chdir(project)
    status, out, err = run(capsys, *arguments)
    assert status == 2
    assert out == ""
    assert one_line(err)


def test_an_empty_folder_is_no_project(capsys, tmp_path):
    status, _, err = run(capsys, "check", str(tmp_path))
    assert status == 2
    assert "holds no `.gitlab-ci.yml`" in err


def test_a_clean_project_has_no_findings(capsys, project):
    status, out, err = run(capsys, "check", str(project))
    assert (status, out, err) == (0, "No findings.\n", "")


def test_a_trace_for_a_job_that_is_not_there_names_the_jobs(capsys, project):
    log = project / "job.log"
    log.write_text("hello\n")
    status, _, err = run(capsys, "fix", str(project), "--trace", str(log), "--job", "deploy")
    assert status == 2
    assert "has no job `deploy` (jobs: test)" in err


def test_broken_yaml_is_one_finding_and_no_crash(capsys, project):
    (project / ".gitlab-ci.yml").write_text("test:\n  script: [pytest\n")
    status, out, _ = run(capsys, "check", str(project), "--format", "json")
    findings = json.loads(out)["findings"]
    assert status == 1
    assert [finding["rule"] for finding in findings] == ["invalid-ci-file"]


def test_a_binary_ci_file_is_one_finding(capsys, project):
    (project / ".gitlab-ci.yml").write_bytes(b"\x00\x01\xff")
    status, out, _ = run(capsys, "check", str(project), "--format", "json")
    assert status == 1
    assert [finding["rule"] for finding in json.loads(out)["findings"]] == ["unreadable-file"]


def test_broken_toml_is_told_once(capsys, project):
    (project / "pyproject.toml").write_text('[project\nname = "x"\n')
    status, out, _ = run(capsys, "check", str(project), "--format", "json")
    findings = json.loads(out)["findings"]
    assert status == 1
    assert [(finding["rule"], finding["path"]) for finding in findings] == [("unreadable-file", "pyproject.toml")]


def test_a_binary_file_is_no_log_that_can_be_explained(capsys, tmp_path):
    log = tmp_path / "job.log"
    log.write_bytes(bytes(range(256)) * 100)
    status, out, _ = run(capsys, "diagnose", str(log), "--format", "json")
    (trace,) = json.loads(out)["traces"]
    assert status in {0, 1}
    assert trace["verdict"] in {"unknown", "partial-trace"}
    assert trace["diagnoses"] == []


def test_nothing_outside_of_the_checkout_is_read(capsys, tmp_path):
    """Not by `..`, not by an absolute path, not by a link."""
    outside, project = tmp_path / "outside.yml", tmp_path / "project"
    project.mkdir()
    outside.write_text("leaked:\n  script: [poetry publish -u x -p MadeUpOutsideOfIt]\n")
    (project / "link.yml").symlink_to(outside)
    places = [f"/../{outside.name}", f"../{outside.name}", str(outside), "/link.yml"]
    includes = json.dumps([{"local": place} for place in places])
    (project / ".gitlab-ci.yml").write_text(f"include: {includes}\n{GREEN_CI}")
    status, out, _ = run(capsys, "check", str(project), "--format", "json")
    assert status in {0, 1}
    assert "leaked" not in out
    assert read_folder(project).files.keys() <= {".gitlab-ci.yml", "pyproject.toml", "poetry.lock"}


def test_the_module_is_the_command():
    run_by_module = subprocess.run(
        [sys.executable, "-m", "bot", "--version"], capture_output=True, text=True, check=True
    )
    assert run_by_module.stdout.startswith("scansion ")


def test_the_projects_policy_holds_and_its_mistakes_are_told(capsys, project):
    ci = project / ".gitlab-ci.yml"
    ci.write_text("test:\n  image: python:3.11\n  script:\n    - pip install poetry\n    - poetry install\n")
    _, before, _ = run(capsys, "check", str(project))
    assert "uncached-install" in before
    (project / ".scansion.toml").write_text('disable = ["uncached-install"]\nthreads = 1\n')
    _, out, err = run(capsys, "check", str(project))
    assert "uncached-install" not in out
    assert "`threads` in `.scansion.toml` must be `true` or `false`." in err
    _, asked, _ = run(capsys, "check", str(project), "--rule", "uncached-install")
    assert "uncached-install" in asked


def test_logs_of_a_job_tell_what_its_installation_costs(capsys, tmp_path):
    (tmp_path / ".gitlab-ci.yml").write_text("test:\n  image: python:3.12-slim\n  script:\n    - poetry install\n")
    log = JobLog(started=1_790_000_000.0)
    log.begin("step_script", "Executing")
    log.command("poetry install")
    log.output("Installing dependencies from lock file", 30)
    told, mute = tmp_path / "told.log", tmp_path / "mute.log"
    told.write_bytes(log.finish(0))
    mute.write_text("$ poetry install\nJob succeeded\n")
    logs = ("--trace", str(told), "--trace", str(mute), "--job", "test")
    _, out, err = run(capsys, "check", str(tmp_path), "--rule", "uncached-install", *logs)
    assert "Installing took 30 s of 30 s in the last run" in out
    assert f"`{mute}` does not tell" in err
    assert one_line(err)
