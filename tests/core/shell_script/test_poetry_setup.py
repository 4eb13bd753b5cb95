"""How a job gets Poetry."""

import pytest

from bot.core.shell_script.poetry_setup import image_poetry, missing_requirements, poetry_setups
from tests.core.shell_script.made_jobs import make_job

PIPED = "curl -sSL https://install.python-poetry.org | "
CASES = [
    ("pip install poetry", "pip", None, False),
    ("pip3 install -U pip poetry==1.8.3 tox", "pip", "1.8.3", True),
    ("python -m pip install --user 'poetry~=1.8'", "pip", None, False),
    ("pip install 'Poetry>=1.2,<2'", "pip", None, False),
    ("pip install poetry==1.8.*", "pip", None, False),
    ("pip install poetry==$V", "pip", "1.7.1", True),
    ("pip install poetry==$UNKNOWN", "pip", None, True),
    ("pip install poetry$SUFFIX", "pip", None, True),
    ("uv pip install --system poetry==2.1.0", "pip", "2.1.0", True),
    ("pipx install poetry==1.8.3", "pipx", "1.8.3", True),
    ("pipx install --python python3.11 poetry", "pipx", None, False),
    ("pipx run poetry==1.8.3 install", "pipx", "1.8.3", True),
    ("uv tool install poetry@2.1", "uv", "2.1", True),
    ("uvx poetry@2.1.4 install", "uv", "2.1.4", True),
    ("apk add --no-cache poetry", "apk", None, False),
    ("apt-get install -y python3-poetry", "apt", None, False),
    ("conda install -c conda-forge poetry=1.8.3", "conda", "1.8.3", True),
    ("asdf install poetry 1.8.3", "asdf", "1.8.3", True),
    (PIPED + "python3 -", "installer", None, False),
    (PIPED + "python3 - --version 1.8.3", "installer", "1.8.3", True),
    (PIPED + "POETRY_VERSION=1.6.1 python3 -", "installer", "1.6.1", True),
    ("python <(curl -sSL https://install.python-poetry.org) --version 1.5.0", "installer", "1.5.0", True),
    ('python -c "$(curl -sSL https://install.python-poetry.org)" --version 1.5.0', "installer", "1.5.0", True),
    ("wget -O i.py https://install.python-poetry.org && python i.py --version 1.4.0", "installer", "1.4.0", True),
    (
        "curl -sSL https://raw.githubusercontent.com/python-poetry/poetry/master/get-poetry.py | python",
        "get-poetry",
        None,
        False,
    ),
]


@pytest.mark.parametrize(("line", "manager", "version", "pinned"), CASES)
def test_a_way_to_get_poetry_is_seen(line, manager, version, pinned):
    (setup,) = poetry_setups(make_job(line, variables={"V": "1.7.1"}))
    assert (setup.manager, setup.version, setup.is_pinned) == (manager, version, pinned)


def test_the_version_of_the_installer_comes_from_the_job_s_variables_too():
    (setup,) = poetry_setups(make_job(PIPED + "python3 -", variables={"POETRY_VERSION": "1.8.2"}))
    assert setup.version == "1.8.2"


def test_requirement_and_constraint_files_are_read():
    files = {
        "ci/req.txt": "tox\npoetry==1.8.3 --hash=x  # pinned\n",
        "con.txt": "Poetry==1.7.0 ; python_version > '3'\n",
    }
    (setup,) = poetry_setups(make_job("cd ci", "pip install -r req.txt", files=files))
    assert (setup.version, setup.is_pinned) == ("1.8.3", True)
    (setup,) = poetry_setups(make_job("pip install poetry -c con.txt", files=files))
    assert (setup.version, setup.is_pinned) == ("1.7.0", True)
    (setup,) = poetry_setups(make_job("pip install poetry -c unknown.txt", files=files))
    assert (setup.version, setup.is_pinned) == (None, True)
    job = make_job("pip install -r ci/req.txt -c more.txt -r $X", files=files)
    assert missing_requirements(job) == {"more.txt"}


@pytest.mark.parametrize(
    "line",
    [
        "pip install poetry-core poetry_plugin_export",
        "pip install -r poetry.txt",
        "pip install ./poetry",
        "echo pip install poetry",
        "pip uninstall -y poetry",
        "pip download poetry",
        "curl https://example.org/poetry.tar.gz",
    ],
)
def test_other_lines_do_not_bring_poetry(line):
    assert poetry_setups(make_job(line)) == ()


def test_the_word_to_pin_has_its_place():
    (setup,) = poetry_setups(make_job("pip install -q poetry tox"))
    assert (setup.word.location.span.start, setup.word.location.span.end) == (15, 21)


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        ("python:3.11-slim", (False, None)),
        ("mateusoliveira43/poetry:1.5.1-python3.11.4", (True, "1.5.1")),
        ("registry.example/python-poetry:3.11-1.8.2", (True, "1.8.2")),
        ("weastur/poetry:latest", (True, None)),
        ("acme/python3.11-poetry", (True, None)),
        ("acme/poetry/base:1.2", (True, None)),
    ],
)
def test_an_image_may_promise_poetry(reference, answer):
    assert image_poetry(reference) == answer
