"""Which pytest plugin brings a fixture or an option, as their own documentation has it."""

from __future__ import annotations

# Fixtures that are known to come from a plugin, not from the project's own `conftest.py`.
_FIXTURES = {
    "pytest-mock": "mocker class_mocker module_mocker package_mocker session_mocker",
    "pytest-benchmark": "benchmark",
    "pytest-httpx": "httpx_mock",
    "requests-mock": "requests_mock",
    "pytest-asyncio": "event_loop",
    "pytest-aiohttp": "aiohttp_client aiohttp_server",
    "pytest-freezer": "freezer",
    "time-machine": "time_machine",
    "Faker": "faker",
    "pytest-django": "django_db_setup django_user_model admin_client django_assert_num_queries live_server",
    "pytest-qt": "qtbot qapp",
    "syrupy": "snapshot",
    "pytest-playwright": "page browser",
    "pytest-postgresql": "postgresql",
    "pytest-mysql": "mysql",
    "pytest-redis": "redisdb",
    "pytest-mongodb": "mongodb",
    "respx": "respx_mock",
    "celery": "celery_app celery_worker",
    "aioresponses": "aioresponses",
    "pytest-datadir": "datadir shared_datadir",
    "pytest-regressions": "data_regression num_regression file_regression",
    "pytest-socket": "socket_enabled",
    "pyfakefs": "fs",
    "pytest-subtests": "subtests",
    "pytest-httpserver": "httpserver",
    "pytest-httpbin": "httpbin",
    "pytest-localserver": "smtpd localserver",
    "pytest-recording": "vcr vcr_config",
    "pytest-cov": "cov",
    "pytest-xdist": "worker_id testrun_uid",
}
FIXTURES = {plugin: tuple(names.split()) for plugin, names in _FIXTURES.items()}

# Options of pytest's command line as expressions; the first plugin that fits is the one.
OPTIONS = {
    "pytest-cov": r"--(?:no-)?cov\b[\w-]*",
    "pytest-xdist": r"(?:--numprocesses|--dist|--maxprocesses|--loadscope)\b[\w-]*|-n\b",
    "pytest-timeout": r"--timeout\b[\w-]*",
    "pytest-django": r"--(?:ds|dc|reuse-db|create-db|no-migrations|nomigrations)\b",
    "pytest-rerunfailures": r"--(?:only-)?reruns?\b[\w-]*",
    "pytest-html": r"--(?:html|self-contained-html)\b",
    "pytest-benchmark": r"--benchmark\b[\w-]*",
    "pytest-asyncio": r"--asyncio-mode\b",
    "pytest-randomly": r"--randomly\b[\w-]*",
    "pytest-json-report": r"--json-report\b[\w-]*",
    "allure-pytest": r"--(?:clean-)?alluredir\b",
    "pytest-flake8": r"--flake8\b",
    "pytest-mypy": r"--mypy\b[\w-]*",
    "pytest-black": r"--black\b",
    "pytest-forked": r"--forked\b",
    "syrupy": r"--snapshot\b[\w-]*",
    "pytest-recording": r"--(?:record-mode|block-network)\b",
    "pytest-vcr": r"--vcr\b[\w-]*",
    "pytest-split": r"--(?:splits|group|durations-path)\b",
}
