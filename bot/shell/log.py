"""The bot's own log: one line an event, JSON or for the eye, on standard error, without secrets."""

from __future__ import annotations

import logging
import sys
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.shell.redact import Redactor
from bot.shell.settings import Settings

QUIET_LIBRARIES = ("procrastinate", "aiohttp.access", "urllib3", "psycopg", "asyncio")


def configure_log(settings: Settings, stream: TextIO | None = None) -> None:
    """Send everything, also what libraries log, through one redacting formatter."""
    target = stream or sys.stderr
    console = settings.log_format == "console" or (settings.log_format == "auto" and target.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(_level(settings.log_level)),
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder(allow=())],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _redaction(Redactor(settings.secret_values())),
                _renderer(console=console, colors=target.isatty()),
            ],
        )
    )
    _replace_root_handler(handler, settings.log_level)


def _renderer(*, console: bool, colors: bool) -> Processor:
    if console:
        return structlog.dev.ConsoleRenderer(colors=colors)
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def _redaction(redactor: Redactor) -> Processor:
    def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> dict[str, Any]:
        return {key: redactor.value(value) for key, value in event.items()}

    return redact


def _replace_root_handler(handler: logging.Handler, level: str) -> None:
    root = logging.getLogger()
    for old in [old for old in root.handlers if type(old) is logging.StreamHandler]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(_level(level))
    logging.getLogger("procrastinate.worker").addFilter(_is_not_about_one_job)
    for name in QUIET_LIBRARIES:
        logging.getLogger(name).setLevel(logging.DEBUG if level == "debug" else logging.WARNING)


def _is_not_about_one_job(record: logging.LogRecord) -> bool:
    """How work ends is logged by the worker, in our words and once."""
    return not str(getattr(record, "action", "")).startswith("job_")


def _level(name: str) -> int:
    return logging.getLevelNamesMapping()[name.upper()]
