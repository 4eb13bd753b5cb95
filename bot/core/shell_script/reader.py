"""From the script lines of a job to its commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.shell_script import control_flow, simple_commands
from bot.core.shell_script.fragment import Fragment
from bot.core.shell_script.model import Command
from bot.core.shell_script.state import Shell
from bot.core.shell_script.variables import certain_variables
from bot.core.shell_script.walker import Mode, Reading, Walker

if TYPE_CHECKING:
    from bot.core.ci.model import Job, ScriptLine

_HANDLERS = {
    "list": control_flow.run_list,
    "pipeline": control_flow.run_pipeline,
    "negated_command": control_flow.run_negated,
    "if_statement": control_flow.run_if,
    "for_statement": control_flow.run_for,
    "while_statement": control_flow.run_while,
    "case_statement": control_flow.run_case,
    "subshell": control_flow.run_subshell,
    "function_definition": control_flow.define_function,
    "command": simple_commands.run_command,
    "variable_assignment": simple_commands.run_assignment,
    "variable_assignments": simple_commands.run_assignments,
    "declaration_command": simple_commands.run_declaration,
    "unset_command": simple_commands.run_unset,
    "redirected_statement": simple_commands.run_redirected,
}
AFTER_SCRIPT = "after_script"
ENTRYPOINT = "entrypoint"


def read_commands(job: Job) -> tuple[Command, ...]:
    """Parse `before_script`, `script` and `after_script` of a job with the shell's grammar.

    The first two share one shell; `after_script` has its own, and its failure does not matter. A script in the
    image's entrypoint runs before them, in a shell of its own.
    """
    first = _read_entrypoint(job)
    main = _read(job, job.script, Mode())
    after = _read(job, job.after_script, Mode(ignored=True))
    return (
        *first,
        *(replace(command, section=job.script[command.line].section) for command in main.commands),
        *(replace(command, section=AFTER_SCRIPT, line=-1) for command in after.commands),
    )


def read_line(text: str) -> tuple[Command, ...]:
    """Parse one line that stands alone: what its variables and files hold is not known."""
    reading = Reading(_HANDLERS)
    Walker(Shell(variables={}, environment=frozenset()), reading).read([(0, Fragment(text))], Mode())
    return tuple(reading.commands)


def missing_scripts(job: Job) -> frozenset[str]:
    """Return paths of scripts and makefiles that the job runs and `Job.files` lacks; they may not exist at all."""
    main = _read(job, job.script, Mode())
    return frozenset(main.missing | _read(job, job.after_script, Mode()).missing)


def _read_entrypoint(job: Job) -> tuple[Command, ...]:
    image = job.data.get("image")
    words = image.get("entrypoint") if isinstance(image, Mapping) else None
    if job.image is None or not isinstance(words, list) or "-c" not in words[:-1]:
        return ()
    script = str(words[words.index("-c") + 1])
    place = job.image.name.location
    found = _read(job, script, Mode()).commands
    return tuple(replace(command, section=ENTRYPOINT, line=-1, location=place) for command in found)


def _read(job: Job, lines: Sequence[ScriptLine] | str, mode: Mode) -> Reading:
    variables = certain_variables(job)
    reading = Reading(_HANDLERS, job.files)
    walker = Walker(Shell(variables=dict(variables), environment=frozenset(variables)), reading)
    fragments = [Fragment(lines)] if isinstance(lines, str) else [_fragment(line) for line in lines]
    walker.read(list(enumerate(fragments)), mode)
    return reading


def _fragment(line: ScriptLine) -> Fragment:
    return Fragment(line.text, line.location.path, tuple(line.offsets))
