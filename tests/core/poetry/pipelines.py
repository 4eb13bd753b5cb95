"""Jobs read from the text of a CI file."""

from __future__ import annotations

from bot.core.ci.model import Job
from bot.core.context import Context
from bot.core.snapshot import Snapshot
from bot.core.source import SourceFile


def context_of(ci: str, **files: str) -> Context:
    """Return the context of a project with this CI file; `poetry_toml` is `poetry.toml`."""
    texts = {".gitlab-ci.yml": ci, **{name.replace("_toml", ".toml"): text for name, text in files.items()}}
    sources = {name: SourceFile(name, text) for name, text in texts.items()}
    return Context(Snapshot(files=sources, paths=frozenset(sources)))


def job_of(*script: str, **keywords: str) -> Job:
    """Return a job with these script lines and keywords (their YAML text)."""
    lines = "".join(f"    - {line}\n" for line in script)
    more = "".join(f"  {name}: {value}\n" for name, value in keywords.items())
    pipeline = context_of(f"test:\n{more}  script:\n{lines}").pipeline
    assert pipeline is not None
    return pipeline.jobs[0]
