"""One CI file, edited."""

from bot.core.ci.reader import read_pipeline
from bot.core.edits.target import target
from bot.core.edits.text import apply_edits
from bot.core.snapshot import Snapshot
from bot.core.source import SourceFile

PATH = ".gitlab-ci.yml"


def target_of(text, *names):
    """The named jobs of a CI file, or all of them."""
    snapshot = Snapshot(files={PATH: SourceFile(PATH, text)})
    pipeline = read_pipeline(snapshot)
    jobs = [pipeline.job(name) for name in names] if names else pipeline.jobs
    return target(snapshot, pipeline, jobs)


def edited(text, names, operation):
    """The file after an operation on some jobs."""
    meant = target_of(text, *names)
    return apply_edits(meant.snapshot.files, operation(meant))[PATH].text
