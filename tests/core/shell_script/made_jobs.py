"""Jobs made by hand from script lines that stand in one made-up file."""

from bot.core.ci.model import Answer, Job, RunsIn, ScriptLine, Text
from bot.core.finding import Location
from bot.core.shell_script.reader import read_commands
from bot.core.span import Span

PATH = ".gitlab-ci.yml"
ANYWHERE = RunsIn(merge_requests=Answer.YES, branches=Answer.YES, default_branch=Answer.YES, tags=Answer.YES)


def script_lines(section, texts, start=0):
    """Lines that follow each other in the file, each with its place."""
    lines = []
    for index, text in enumerate(texts):
        span = Span(start, start + len(text))
        lines.append(ScriptLine(text, Location(PATH, span), section, index, tuple(range(span.start, span.end))))
        start = span.end + 1
    return tuple(lines)


def make_job(*script, before=(), after=(), variables=None, matrix=(), files=None, data=None):
    """A job with these lines."""
    here = Location(PATH, Span(0, 1))
    main = script_lines("before_script", before)
    main += script_lines("script", script, main[-1].location.span.end + 1 if main else 0)
    return Job(
        name="test",
        key=here,
        data=data or {},
        origins={},
        own_keywords=frozenset(),
        variables={name: Text(value, here) for name, value in (variables or {}).items()},
        script=main,
        after_script=script_lines("after_script", after),
        matrix=tuple(matrix),
        runs_in=ANYWHERE,
        files=files or {},
    )


def commands_of(*script, **job):
    """The commands of a job with these lines."""
    return read_commands(make_job(*script, **job))


def texts(*script, **job):
    """The commands as plain text."""
    return [" ".join(word.text for word in command.words) for command in commands_of(*script, **job)]
