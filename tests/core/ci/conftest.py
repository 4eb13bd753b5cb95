"""A way to evaluate a CI file written in a test."""

import pytest

from bot.core.ci.model import Job, Pipeline
from bot.core.ci.reader import read_pipeline
from bot.core.finding import Location
from bot.core.snapshot import Facts, Snapshot
from bot.core.source import SourceFile


class Evaluated:
    """A pipeline and the files that it came from."""

    def __init__(self, files: dict[str, str], facts: Facts, paths: frozenset[str] | None) -> None:
        self.files = {path: SourceFile(path, text) for path, text in files.items()}
        self.snapshot = Snapshot(files=self.files, facts=facts, paths=paths)
        pipeline = read_pipeline(self.snapshot)
        assert pipeline is not None
        self.pipeline: Pipeline = pipeline

    def job(self, name: str) -> Job:
        found = self.pipeline.job(name)
        assert found is not None
        return found

    def lines(self, name: str) -> list[str]:
        return [line.text for line in self.job(name).script]

    def source(self, location: Location) -> str:
        return location.span.of(self.files[location.path].text)

    def codes(self) -> list[str]:
        return [problem.code for problem in self.pipeline.problems]


@pytest.fixture
def evaluate():
    """Evaluate a CI file, with further files by path."""

    def evaluated(text: str, files: dict[str, str] | None = None, *, facts: Facts | None = None, paths=None):
        return Evaluated({".gitlab-ci.yml": text, **(files or {})}, facts or Facts(), paths)

    return evaluated
