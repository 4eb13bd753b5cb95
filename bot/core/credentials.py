"""Names and values of credentials: which variable holds one, which text is one, which is a tutorial's stand-in."""

from __future__ import annotations

import math
import re
from collections import Counter

_NAME = re.compile(
    r"(?:^|_)(?:PASS(?:WORD|WD|PHRASE)?|PWD|TOKEN|SECRET|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|SECRET_?KEY|SSH_?KEY"
    r"|DEPLOY_?KEY|AUTH_?KEY|CREDENTIALS?)(?:_[A-Z]*\d*)?$"
)
# What stands behind the word makes it something else: TOKEN_FILE, PASSWORD_LENGTH, SECRET_NAME.
_OTHER = re.compile(
    r"_(?:FILE|PATH|URL|URI|NAME|ID|USER|USERNAME|TYPE|TTL|LENGTH|EXPIRY|TIMEOUT|HEADER|ENV|VAR|VERSION|DIR|SCOPE"
    r"|ENABLED|DETECTION\w*|PATHS|STORE|PREFIX|ALGORITHM|ISSUER|ENDPOINT|REGION|HASH|LIMIT)$"
)
_UPLOAD = re.compile(
    r"PYPI|TWINE|POETRY_(?:HTTP_BASIC|PYPI_TOKEN)|REGISTRY|DEPLOY|GITLAB|ARTIFACTORY|NEXUS|DOCKER|NPM"
)
# Passwords of databases and queues that live as long as the job.
_THROW_AWAY = re.compile(
    r"POSTGRES|^PG|PSQL|MYSQL|MARIADB|MONGO|REDIS|RABBIT|AMQP|MINIO|KEYCLOAK|ELASTIC|LDAP|CLICKHOUSE|NEO4J|COUCH"
    r"|SA_PASSWORD|MSSQL|ORACLE|INFLUX|DB_|DATABASE_|SQL_|TEST_"
)
_PLACEHOLDER = re.compile(
    r"(?i)x{3,}|\*{3,}|\.{3}|<[^>]*>|\{\{.*\}\}|\[[^\]]*\]|"
    r"(?:your|my|insert|enter|put|replace|change|fill|some|the|add)[\W_]*(?:[a-z]+[\W_]*)*"
    r"(?:token|password|secret|key|user\w*|name|me|here|this|in|it|value|pass)\w*|"
    r"(?:placeholder|example|dummy|fake|todo|tbd|fixme|none|null|redacted|changeit)\w*"
)
_DUMMY = re.compile(
    r"(?i)(?:test|dummy|fake|foo|bar|pass(?:word|wd)?|secret|admin|root|postgres|user|guest|example|dev|local|ci|"
    r"token|key|not|real|insecure|unsafe|django|my|the|a|super|very|for|only|testing|abc|123+|sample|mock|build)"
    r"(?:[\W_\d]*(?:test|dummy|fake|foo|bar|pass(?:word|wd)?|secret|admin|root|postgres|user|guest|example|dev|local|ci|"
    r"token|key|not|real|insecure|unsafe|django|my|the|a|super|very|for|only|testing|abc|123+|sample|mock|build))*[\W_\d]*"
)
_NO_VALUE = re.compile(r"(?i)true|false|yes|no|on|off|null|none|\d{1,5}|[./~].*|[a-z]+://[^:@]*|\w+\.\w{2,5}")
_MADE_UP = re.compile(r"(?:[A-Za-z]+|\d+)(?:[\W_]+(?:[A-Za-z]+|\d+))+")
_EXPANSION = re.compile(r"\$[\w{(]|`")
_LOW_ENTROPY = 2.8  # bits for each character
_SHORT = 8


def names_credential(name: str) -> bool:
    """Whether a variable's name says that it holds a password, a token or a key."""
    upper = name.upper()
    return bool(_NAME.search(upper)) and not _OTHER.search(upper)


def is_for_upload(name: str) -> bool:
    """Whether a credential's name belongs to a registry or a server, where no dummy value would work."""
    return bool(_UPLOAD.search(name.upper()))


def is_throw_away(name: str) -> bool:
    """Whether a credential's name belongs to a service that lives as long as the job."""
    return bool(_THROW_AWAY.search(name.upper())) and not is_for_upload(name)


def is_placeholder(value: str) -> bool:
    """Whether a text stands for a value that somebody forgot to fill in (`YOUR_TOKEN`, `XXX`)."""
    return _PLACEHOLDER.fullmatch(value.strip()) is not None


def is_literal(value: str) -> bool:
    """Whether a text is a value of its own: neither empty nor a variable, a path or a switch."""
    text = value.strip()
    return bool(text) and not _EXPANSION.search(text) and not _NO_VALUE.fullmatch(text)


def is_dummy(value: str) -> bool:
    """Whether a value is made of the words that people write where no secret is needed (`test-password`)."""
    return _DUMMY.fullmatch(value.strip()) is not None


def is_made_up(value: str) -> bool:
    """Whether a person wrote a value out of words and numbers (`12345_blue_horse`)."""
    return _MADE_UP.fullmatch(value.strip()) is not None


def looks_random(value: str) -> bool:
    """Whether a text was made by a machine: long enough, mixed, no words."""
    text = value.strip()
    if len(text) < _SHORT or " " in text or not any(char.isdigit() for char in text):
        return False
    counts = Counter(text).values()
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts) > _LOW_ENTROPY
