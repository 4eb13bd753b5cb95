"""Programs that only check: where one of them fails and nothing else explains it, it has findings."""

from __future__ import annotations

_NAMES = (
    "autopep8 yapf black blue isort docformatter mdformat djhtml djlint curlylint pyupgrade toml-sort taplo "
    "prettier eslint stylelint flake8 pflake8 flake8p pycodestyle pyflakes pydocstyle pydoclint darglint doc8 "
    "rstcheck pylint prospector ruff refurb fixit vulture eradicate deptry creosote lint-imports slotscheck "
    "xenon interrogate mypy dmypy ty pyrefly pyright basedpyright pytype bandit semgrep hadolint shellcheck "
    "yamllint ansible-lint sqlfluff codespell typos proselint markdownlint mdl reuse gitlint commitlint cz "
    "pre-commit prek check-manifest pyroma validate-pyproject"
)
CHECKERS = frozenset(_NAMES.split())
