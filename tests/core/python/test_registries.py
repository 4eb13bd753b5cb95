"""Which registry a pipeline really publishes to."""

from __future__ import annotations

import pytest

from bot.core.python.registries import PYPI, RegistryQuestion, registry_questions
from bot.core.snapshot import Facts, RegistryKey, Snapshot
from bot.core.source import SourceFile

OWN = RegistryKey("project")
FACTS = Facts(project_id=7, project_path="group/demo", server_url="https://gitlab.example.com")
PROJECT = '[tool.poetry]\nname = "My_Demo"\nversion = "0.1.0"\n'


def questions(script: str, variables: str = "", facts: Facts = FACTS) -> tuple[RegistryQuestion, ...]:
    lines = "".join(f"    - {line}\n" for line in script.strip().splitlines())
    text = f"publish:\n  variables: {{{variables}}}\n  script:\n{lines}"
    files = {".gitlab-ci.yml": text, "pyproject.toml": PROJECT}
    return registry_questions(
        Snapshot(files={name: SourceFile(name, text) for name, text in files.items()}, facts=facts)
    )


def registries(script: str, variables: str = "", facts: Facts = FACTS) -> list[RegistryKey]:
    return [question.registry for question in questions(script, variables, facts)]


@pytest.mark.parametrize(
    "url",
    [
        "$CI_API_V4_URL/projects/$CI_PROJECT_ID/packages/pypi",
        "${CI_API_V4_URL}/projects/${CI_PROJECT_ID}/packages/pypi",
        "${CI_SERVER_URL}/api/v4/projects/7/packages/pypi/",
        "https://$CI_SERVER_HOST/api/v4/projects/group%2Fdemo/packages/pypi",
        "https://gitlab.example.com/api/v4/projects/${CI_PROJECT_ID}/packages/pypi",
    ],
)
def test_own_registry_is_recognised_in_every_spelling(url: str) -> None:
    assert registries(f"poetry config repositories.gitlab {url}\npoetry publish -r gitlab") == [OWN]


def test_registry_of_another_project_keeps_its_name() -> None:
    script = "poetry publish --repository packages"
    by_id = 'POETRY_REPOSITORIES_PACKAGES_URL: "$CI_API_V4_URL/projects/42/packages/pypi"'
    by_path = 'POETRY_REPOSITORIES_PACKAGES_URL: "$CI_API_V4_URL/projects/a%2Fb/packages/pypi"'
    assert registries(script, by_id) == [RegistryKey("project", "42")]
    assert registries(script, by_path) == [RegistryKey("project", "a/b")]


def test_another_server_is_another_registry() -> None:
    script = "twine upload --repository-url https://gitlab.com/api/v4/projects/7/packages/pypi dist/*"
    assert registries(script) == [RegistryKey("other", "https://gitlab.com/api/v4/projects/7/packages/pypi")]


def test_twine_takes_its_url_from_a_variable() -> None:
    variables = 'TWINE_REPOSITORY_URL: "${CI_API_V4_URL}/projects/${CI_PROJECT_ID}/packages/pypi"'
    assert registries("python -m twine upload dist/*", variables) == [OWN]


def test_without_a_repository_it_is_pypi() -> None:
    assert registries("poetry publish --build") == [PYPI]
    assert registries("twine upload dist/*") == [PYPI]


def test_unknown_name_or_variable_is_no_registry() -> None:
    assert registries("poetry publish -r gitlab") == []
    assert registries("poetry config repositories.gitlab $UPLOAD_URL\npoetry publish -r gitlab") == []


def test_trial_run_publishes_nothing() -> None:
    assert registries("poetry publish --dry-run") == []


def test_registry_configured_after_the_upload_does_not_count() -> None:
    script = "poetry publish -r gitlab\npoetry config repositories.gitlab $CI_API_V4_URL/projects/1/packages/pypi"
    assert registries(script) == []


def test_each_registry_is_asked_once_for_the_normalised_name() -> None:
    found = questions("poetry publish\npoetry publish --skip-existing")
    assert found == (RegistryQuestion(PYPI, "my-demo"),)


def test_without_facts_the_own_project_is_still_recognised() -> None:
    url = "$CI_API_V4_URL/projects/$CI_PROJECT_ID/packages/pypi"
    script = f"poetry config repositories.gitlab {url}\npoetry publish -r gitlab"
    assert registries(script, facts=Facts()) == [OWN]
