"""Python packaging files: `pyproject.toml`, `poetry.lock`, `poetry.toml`, versions and wheels."""
