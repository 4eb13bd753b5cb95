"""Words of the Python world that several causes need: removed modules and tools."""

from __future__ import annotations

_GONE = (
    "distutils imp asyncore asynchat smtpd aifc audioop cgi cgitb chunk crypt imghdr mailcap msilib nis nntplib"
    " ossaudiodev pipes sndhdr spwd sunau telnetlib uu xdrlib lib2to3 formatter parser symbol binhex"
)
# What Python says of a module that it no longer has (removed with 3.10 to 3.13).
REMOVED_MODULE = r"No module named '?(?P<name>(?:" + "|".join(_GONE.split()) + r")(?:\.\w+)*)'?(?:\W|$)"

_TOOLS = (
    "pytest py.test tox nox black ruff flake8 mypy isort pylint coverage twine sphinx-build mkdocs uvicorn "
    "gunicorn"
    " django-admin alembic celery pre-commit bandit safety pyright basedpyright pipx uv pdm hatch invoke inv "
    "dvc cz"
    " semantic-release python-semantic-release commitizen towncrier virtualenv jupyter nbqa nbstripout streamlit"
    " ansible ansible-playbook ansible-lint molecule yamllint codespell vulture radon xenon cookiecutter doit"
    " pip-audit pip-compile pip-sync pyinstaller maturin cython cythonize scrapy locust behave robot tavern-ci"
    " schemathesis autopep8 autoflake yapf pydocstyle pycodestyle pyflakes interrogate deptry lint-imports mutmut"
    " bump2version bumpversion bump-my-version build pipenv flask fastapi dbt sqlfluff pyupgrade check-manifest"
    " pyroma docformatter ty pdoc pdoc3 lektor pelican hatchling flit setuptools-scm gcovr gitlint reuse"
)
# Commands that a Python package brings, and no system package is meant.
TOOLS = "|".join(sorted((tool.replace(".", r"\.") for tool in _TOOLS.split()), key=len, reverse=True))
