"""A trace read for its meaning: which command failed, and which lines are whose words."""

from bot.core.job_log.log import JobLog
from bot.core.job_log.zone import Zone

__all__ = ["JobLog", "Zone"]
