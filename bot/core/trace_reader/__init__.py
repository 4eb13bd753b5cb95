"""From the raw bytes of a job's log to a ``Trace``: streamed, in bounded memory, whatever the bytes are."""

from bot.core.trace_reader.reader import STRUCTURE, read_trace

__all__ = ["STRUCTURE", "read_trace"]
