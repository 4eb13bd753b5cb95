"""Lines worth a look where no cause explains a failure."""

from __future__ import annotations

from bot.core.baseline import Baseline, new_lines
from bot.core.diagnosis import Evidence
from bot.core.expression import expression
from bot.core.job_log import JobLog, Zone

_TROUBLE = expression(
    r"(?i)\b(?:error|fatal|failed|failure|exception|cannot|can't|could not|not found|denied|refused|no such|unable"
    r"|aborted|killed)\b"
)
MOST = 8


def notable_lines(log: JobLog, baseline: Baseline) -> tuple[Evidence, ...]:
    """The last lines of the failed command that speak of trouble; its very last lines where none does.

    Where green runs of the job are known, only lines that none of them had.
    """
    own = _lines_in(log, Zone.SCRIPT, Zone.TEST) or _lines_in(log, Zone.WARNING)
    fresh = set(new_lines(baseline, log.trace))
    own = [index for index in own if index in fresh] or own
    trouble = [index for index in own if _TROUBLE.matches(log.plain[index])]
    if not own and log.command is not None:
        own = [log.command.line]
    return tuple(log.evidence(index) for index in (trouble or own)[-MOST:])


def _lines_in(log: JobLog, *zones: Zone) -> list[int]:
    return [index for index, zone in enumerate(log.zones) if zone in zones and log.plain[index].strip()]
