"""What rules ask of commands: calls of Poetry, settings, environments, system packages, uploads, tests."""

import pytest

from bot.core.shell_script.environments import activations, made_environments
from bot.core.shell_script.poetry_call import poetry_call
from bot.core.shell_script.poetry_settings import poetry_settings, setting_at
from bot.core.shell_script.publication import credential_variables, publications
from bot.core.shell_script.system_install import system_installs
from bot.core.shell_script.testing import runs_of_tests
from tests.core.shell_script.made_jobs import commands_of, make_job


def call_of(line):
    return poetry_call(commands_of(line)[-1])


@pytest.mark.parametrize(
    ("line", "subcommand"),
    [
        ("poetry install", "install"),
        ("poetry -n -vvv install --only main", "install"),
        ("python3 -m poetry -C app install", "install"),
        ("$HOME/.local/bin/poetry --directory=app lock --no-update", "lock"),
        ("poetry env use python3.11", "env use"),
        ("poetry self add poetry-plugin-export", "self add"),
        ("poetry --version", ""),
        ("poetry run poetry install", "run"),
    ],
)
def test_the_subcommand_is_found_behind_global_options(line, subcommand):
    assert call_of(line).subcommand == subcommand


def test_groups_and_extras_are_read():
    call = call_of("poetry install --with dev,docs --without=test -E 'a b' -Ec --sync -qn --no-root")
    assert call.with_groups == ("dev", "docs")
    assert call.without == ("test",)
    assert call.extras == ("a", "b", "c")
    assert call.removes_others
    assert call.skips_root
    assert call.arguments.has("-q")
    assert call.arguments.has("-n")


def test_no_dev_means_without_dev():
    assert call_of("poetry install --no-dev").without == ("dev",)


@pytest.mark.parametrize(
    ("line", "directory"),
    [
        ("poetry install", ""),
        ("poetry -C app install", "app"),
        ("poetry install --directory ./app/x", "app/x"),
        ('poetry -C "$CI_PROJECT_DIR/app" install', "app"),
        ("poetry -C $WHERE install", None),
        ("cd lib && poetry install", "lib"),
        ("cd lib && poetry -C ../app install", "app"),
    ],
)
def test_the_project_s_folder_is_known(line, directory):
    assert call_of(line).directory == directory


def test_a_call_inside_docker_is_not_the_job_s():
    assert call_of("docker run image poetry install") is None


def test_settings_are_read_with_the_old_prefix():
    found = list(
        poetry_settings(
            commands_of(
                "poetry config settings.virtualenvs.in-project true",
                "poetry config --local virtualenvs.create false",
                "poetry config --unset virtualenvs.create",
                "poetry config --list",
                "poetry config http-basic.gitlab user $TOKEN",
                "poetry config virtualenvs.path",
            )
        )
    )
    assert [(s.key, [v.text for v in s.values]) for s in found] == [
        ("virtualenvs.in-project", ["true"]),
        ("virtualenvs.create", ["false"]),
        ("virtualenvs.create", []),
        ("http-basic.gitlab", ["user", "$TOKEN"]),
    ]
    assert found[1].is_local
    assert found[2].unset


def test_a_variable_wins_over_poetry_config():
    job = make_job("poetry config virtualenvs.in-project true", "poetry install", "X=1 poetry install")
    assert setting_at(job, job.commands[1], "virtualenvs.in-project").text == "true"
    assert setting_at(job, job.commands[0], "virtualenvs.in-project") is None
    key = "POETRY_VIRTUALENVS_IN_PROJECT"
    job = make_job(f"{key}=no poetry install", "poetry install", variables={key: "false"})
    assert [setting_at(job, c, "virtualenvs.in-project").text for c in job.commands] == ["no", "false"]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (". .venv/bin/activate", "source"),
        ("source $(poetry env info --path)/bin/activate", "poetry-path"),
        ("source `poetry env info -p`/bin/activate", "poetry-path"),
        ("eval $(poetry env activate)", "poetry-activate"),
        ('eval "$(poetry env activate)"', "poetry-activate"),
        ("poetry env activate", "printed"),
        ("poetry shell", "shell"),
        (".venv/bin/activate", "executed"),
        ("bash .venv/bin/activate", "executed"),
        ("source activate ci", "conda"),
        ("conda activate ci", "conda"),
    ],
)
def test_activations_are_told_apart(line, kind):
    (activation,) = activations(commands_of(line))
    assert activation.kind == kind
    assert activation.works == (kind not in {"printed", "shell", "executed"})


@pytest.mark.parametrize("line", ["source env.sh", "./activate_it.sh", "poetry env info --path"])
def test_other_lines_activate_nothing(line):
    assert list(activations(commands_of(line))) == []


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("python3 -m venv --copies .venv", ".venv"),
        ("virtualenv -p python3 $DIR/venv", "$DIR/venv"),
        ("uv venv", None),
    ],
)
def test_made_environments_are_seen(line, path):
    (made,) = made_environments(commands_of(line))
    assert (made.path.text if made.path else None) == path


def test_system_packages_are_listed():
    lines = (
        "apt install -y a",
        "apt-get update -qq && X=1 apt-get install -qqy --no-install-recommends -t x b=1 $C",
        "apk add --no-cache --virtual .deps gcc musl-dev",
        "microdnf install d",
    )
    found = list(system_installs(commands_of(*lines)))
    assert [(f.manager, sorted(f.names), f.refreshed, f.assumes_yes) for f in found] == [
        ("apt", ["a"], False, True),
        ("apt", ["b"], True, True),
        ("apk", ["gcc", "musl-dev"], True, True),
        ("microdnf", ["d"], True, False),
    ]
    assert not found[1].packages[1].known


def test_package_words_have_their_place():
    (install,) = system_installs(commands_of("apt-get install -y gcc 'libpq-dev'"))
    assert [(w.location.span.start, w.location.span.end) for w in install.packages] == [(19, 22), (23, 34)]


@pytest.mark.parametrize(
    ("line", "tool", "repository", "url"),
    [
        ("poetry publish --build -r gitlab -u u -p $P", "poetry", "gitlab", None),
        ("python -m twine upload --repository-url https://x.example/ dist/*", "twine", None, "https://x.example/"),
        ("poetry run twine upload -r pypi dist/*", "twine", "pypi", None),
        ("uv publish --publish-url https://x.example", "uv", None, "https://x.example"),
        ("flit publish", "flit", None, None),
        ("semantic-release publish", "semantic-release", None, None),
        ("python setup.py sdist upload -r x", "setuptools", "x", None),
    ],
)
def test_uploads_are_seen(line, tool, repository, url):
    (found,) = publications(commands_of(line))
    assert found.tool == tool
    assert (found.repository.text if found.repository else None) == repository
    assert (found.url.text if found.url else None) == url


@pytest.mark.parametrize(
    "line",
    ["twine check dist/*", "poetry build", "echo poetry publish", "semantic-release version"],
)
def test_other_lines_upload_nothing(line):
    assert list(publications(commands_of(line))) == []


def test_credentials_of_an_upload_are_read():
    (found,) = publications(commands_of("poetry publish -u __token__ --password=$T --skip-existing --dry-run"))
    assert (found.username.text, found.password.text) == ("__token__", "$T")
    assert found.skips_existing
    assert found.is_dry_run
    assert credential_variables(["POETRY_PYPI_TOKEN_PYPI", "TWINE_PASSWORD", "HOME"]) == (
        "POETRY_PYPI_TOKEN_PYPI",
        "TWINE_PASSWORD",
    )


@pytest.mark.parametrize(
    "line",
    [
        "pytest -x",
        "poetry run pytest",
        "poetry run python -m pytest",
        "python -m unittest discover",
        "poetry run coverage run -m pytest",
        "tox -e py311",
        "python manage.py test",
        "make test",
    ],
)
def test_runs_of_tests_are_seen(line):
    assert len(list(runs_of_tests(commands_of(line)))) == 1


@pytest.mark.parametrize(
    "line", ["pip install pytest", "pytest --version", "poetry run ruff check tests", "make lint"]
)
def test_other_commands_are_no_tests(line):
    assert list(runs_of_tests(commands_of(line))) == []
