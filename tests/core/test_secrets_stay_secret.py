"""A secret that stands in the CI file is reported and never repeated, whatever the output and the rule."""

from __future__ import annotations

import json

import pytest

from bot.core.check import check
from bot.core.policy import Policy
from bot.core.render.findings_json import code_quality, report_json, sarif
from bot.core.snapshot import Snapshot
from bot.core.source import SourceFile
from tests.rule_cases import describe

SECRET = "Xy7Q-made-up-9f31"
PROJECT = '[tool.poetry]\nname = "demo"\nversion = "0.1.0"\n'


@pytest.mark.parametrize(
    "line",
    [
        f"poetry config http-basic.internal deploy {SECRET}",
        f"poetry config pypi-token.pypi {SECRET}",
        f"poetry publish --build -u bob -p {SECRET}",
        f"poetry config repositories.own https://bob:{SECRET}@pypi.example.com/ && poetry publish -r own",
        f"twine upload --repository-url https://bob:{SECRET}@pypi.example.com/ dist/*",
        f"export TWINE_PASSWORD={SECRET} && twine upload dist/*",
        f"docker login -u bob -p {SECRET} registry.example.com",
        f'curl --header "PRIVATE-TOKEN:{SECRET}" https://gitlab.example.com/api/v4/projects',
        f"pip install --extra-index-url https://bob:{SECRET}@pypi.example.com/simple demo",
    ],
)
def test_value_is_in_no_output(line: str) -> None:
    ci = f"publish:\n  image: python:3.12-slim\n  script:\n    - pip install poetry\n    - '{line}'\n"
    files = {".gitlab-ci.yml": ci, "pyproject.toml": PROJECT}
    snapshot = Snapshot(files={name: SourceFile(name, text) for name, text in files.items()})
    report = check(snapshot, Policy())
    assert "hardcoded-secret" in {finding.rule for finding in report.findings}
    outputs = (report_json(report, snapshot), code_quality(report, snapshot), sarif(report, snapshot, "0.1.0"))
    assert SECRET not in json.dumps(outputs) + describe(report, snapshot)
