"""Operations on a pipeline, chosen by a random number generator, as rules would ask for them."""

from bot.core.edits.caches import NewCache, add_cache, add_cache_path, set_cache_key
from bot.core.edits.conditions import DEFAULT_BRANCH, TAGS, restrict
from bot.core.edits.fragments import extend_command, replace_fragment
from bot.core.edits.keywords import remove_keyword, set_keyword, set_variables
from bot.core.edits.script_lists import SECTIONS, job_lines
from bot.core.edits.scripts import append_line, insert_line, prepend_line, remove_line
from bot.core.edits.target import jobs_with_line, jobs_with_value, target
from bot.core.shell_script.system_install import system_installs

LINES = (
    "apt-get update && apt-get install -y --no-install-recommends libpq-dev gcc",
    "pip install 'poetry==1.8.3'",
    'echo "a: b"',
    "echo 'it is' # not a comment",
    "- dash",
    "*star",
    "export A=\"$B\" && { echo 'x'; }",
    "true",
)
WORDS = ("poetry==1.8.3", "'poetry>=1,<2'", '"$VERSION"', "--no-root", "x:y", "a#b")
VALUES = {
    "image": ("python:3.12-slim", "registry.example/python:3.12"),
    "interruptible": (True,),
    "timeout": ("1h 30m", "10 minutes"),
    "retry": (1, {"max": 2, "when": ["runner_system_failure"]}),
    "tags": (["docker"], ["a b", "yes"]),
    "services": (["postgres:16"],),
    "allow_failure": (True, False),
    "resource_group": ("on",),
}
VARIABLES = ({"A": "1"}, {"POETRY_VIRTUALENVS_IN_PROJECT": "true", "POETRY_CACHE_DIR": "$CI_PROJECT_DIR/.cache"})
CACHE = NewCache({"files": ["poetry.lock"], "prefix": "$CI_JOB_NAME"}, [".venv", ".cache/*"])


KEPT = {"script", "extends", "trigger", "run", "stage"}


class NotApplicableError(Exception):
    """The file has nothing that this operation is about."""


def pick(random, values):
    found = sorted(values) if isinstance(values, frozenset) else list(values)
    if not found:
        raise NotApplicableError
    return random.choice(found)


def some_jobs(random, snapshot, pipeline):
    """One job, all of them, or those that share a template; no job of a template that is not at hand."""
    names = {*pipeline.hidden, *(job.name for job in pipeline.jobs)}
    known = [job for job in pipeline.jobs if job.editable and names.issuperset(job.extends)]
    job = pick(random, known)
    kind = random.random()
    if kind < 0.6:
        return target(snapshot, pipeline, [job])
    if kind < 0.8:
        return target(snapshot, pipeline, known)
    shared = jobs_with_value(pipeline, job, pick(random, ["image", "before_script", "cache", "script"]))
    return target(snapshot, pipeline, [other for other in shared if other in known] or [job])


def with_line(random, snapshot, pipeline):
    """A line, and all jobs that run it."""
    job = pick(random, (job for job in pipeline.jobs if job.script))
    line = pick(random, job.script)
    return target(snapshot, pipeline, jobs_with_line(pipeline, line)), line


def without_triggers(meant):
    jobs = [job for job in meant.jobs if not job.trigger]
    if not jobs:
        raise NotApplicableError
    return target(meant.snapshot, meant.pipeline, jobs)


def insert(random, snapshot, pipeline):
    meant, line = with_line(random, snapshot, pipeline)
    if random.random() < 0.5:
        meant = target(snapshot, pipeline, [pick(random, meant.jobs)])
    return meant, insert_line(meant, pick(random, LINES), line)


def prepend(random, snapshot, pipeline):
    meant = some_jobs(random, snapshot, pipeline)
    meant = without_triggers(meant)
    return meant, prepend_line(meant, pick(random, LINES))


def append(random, snapshot, pipeline):
    meant = some_jobs(random, snapshot, pipeline)
    meant = without_triggers(meant)
    return meant, append_line(meant, pick(random, SECTIONS), pick(random, LINES))


def replace(random, snapshot, pipeline):
    meant, line = with_line(random, snapshot, pipeline)
    commands = [c for c in meant.jobs[0].commands if not c.origin]
    words = [word.location for command in commands for word in command.words if word.location is not None]
    inside = [place for place in words if line.location.span.covers(place.span)]
    place = pick(random, inside)
    if place.path != line.location.path:
        raise NotApplicableError
    return meant, replace_fragment(meant, place, pick(random, WORDS))


def extend(random, snapshot, pipeline):
    job = pick(random, pipeline.jobs)
    install = pick(random, (found for found in system_installs(job.commands) if not found.command.origin))
    line = [*job.script, *job.after_script][install.command.line]
    if install.command.line < 0:
        raise NotApplicableError
    meant = target(snapshot, pipeline, jobs_with_line(pipeline, line))
    return meant, extend_command(meant, install.command, ["libpq-dev", "g++"])


def keyword(random, snapshot, pipeline):
    meant = some_jobs(random, snapshot, pipeline)
    name = pick(random, VALUES)
    return meant, set_keyword(meant, name, pick(random, VALUES[name]))


def variables(random, snapshot, pipeline):
    meant = some_jobs(random, snapshot, pipeline)
    return meant, set_variables(meant, pick(random, VARIABLES))


def cache(random, snapshot, pipeline):
    meant = some_jobs(random, snapshot, pipeline)
    return meant, add_cache(meant, CACHE, pick(random, [{}, *VARIABLES]))


def cache_part(random, snapshot, pipeline):
    job = pick(random, (job for job in pipeline.jobs if job.caches))
    held = pick(random, job.caches)
    sharing = [other for other in pipeline.jobs if held.location in [c.location for c in other.caches]]
    meant = target(snapshot, pipeline, sharing)
    if random.random() < 0.5:
        return meant, add_cache_path(meant, held, ".cache/pypoetry")
    return meant, set_cache_key(meant, held, CACHE.key)


def condition(random, snapshot, pipeline):
    meant = some_jobs(random, snapshot, pipeline)
    return meant, restrict(meant, pick(random, [TAGS, DEFAULT_BRANCH]))


def without_keyword(random, snapshot, pipeline):
    job = pick(random, pipeline.jobs)
    name = pick(random, job.own_keywords - KEPT)
    inherited = sum(part.mapping.entry(name) is not None for part in job.parts)
    if inherited > 1 or len(job.own_keywords) < 2:
        raise NotApplicableError  # another value would come out from below
    meant = target(snapshot, pipeline, jobs_with_value(pipeline, job, name) or [job])
    return meant, remove_keyword(meant, name)


def without_line(random, snapshot, pipeline):
    meant, line = with_line(random, snapshot, pipeline)
    if any(len(job_lines(job, line.section)) < 2 for job in meant.jobs):
        raise NotApplicableError
    return meant, remove_line(meant, line)


OPERATIONS = (
    insert, prepend, append, replace, extend, keyword, variables, cache, cache_part, condition, without_keyword,
    without_line,
)  # fmt: skip
