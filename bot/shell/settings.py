"""The operator's settings: one file, then the environment, then files that hold a secret each."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import (
    SettingsError as SourceError,
)

from bot.app.choices import Choices
from bot.shell.errors import UsageError

DEFAULT_FILE = Path("config/scansion.toml")
MEGABYTE = 1024 * 1024
_CHOICES = Choices()


class SettingsError(UsageError):
    """The settings cannot be used. The message is one line that says what to change."""


class Settings(BaseSettings):
    """Every setting with its default. `config/scansion.toml` explains them."""

    model_config = SettingsConfigDict(
        env_prefix="SCANSION_", env_ignore_empty=True, extra="forbid", frozen=True, populate_by_name=True
    )

    gitlab_url: str = "https://gitlab.com"
    gitlab_token: SecretStr = SecretStr("")
    gitlab_timeout_s: float = Field(default=30, gt=0)
    gitlab_tokens: dict[str, SecretStr] = {}

    webhook_token: SecretStr = SecretStr("")
    webhook_signing_token: SecretStr = SecretStr("")
    webhook_max_age_s: float = Field(default=300, gt=0)
    webhook_max_bytes: int = Field(default=25 * MEGABYTE, gt=0)
    webhook_read_timeout_s: float = Field(default=10, gt=0)

    host: str = Field(default="127.0.0.1", validation_alias=AliasChoices("host", "HOST"))
    port: int = Field(default=8080, ge=0, le=65535, validation_alias=AliasChoices("port", "PORT"))
    work_port: int = Field(default=0, ge=0, le=65535)
    ops_password: SecretStr = SecretStr("")

    store_url: str = Field(default="", repr=False)
    state_dir: str = Field(
        default="~/.local/state/scansion",
        validation_alias=AliasChoices("state_dir", "SCANSION_STATE_DIR", "STATE_DIRECTORY"),
    )
    retention_days: float = Field(default=14, gt=0)
    dead_retention_days: float = Field(default=90, gt=0)

    workers: int = Field(default=8, ge=0, le=256)
    work_timeout_s: float = Field(default=600, gt=0)
    work_attempts: int = Field(default=20, ge=1)
    sweep_interval_s: float = Field(default=900, ge=0)
    shutdown_grace_s: float = Field(default=20, ge=0)

    pages_url: str = _CHOICES.pages_url
    policy_project: str = _CHOICES.policy_project
    silence_label: str = _CHOICES.silence_label
    commit_status: bool = _CHOICES.commit_status
    commit_comments: bool = _CHOICES.commit_comments
    open_fixups_per_project: int = Field(default=_CHOICES.open_fixups_per_project, ge=0)
    fixup_pushes_per_hour: int = Field(default=_CHOICES.fixup_pushes_per_hour, ge=0)
    commands_per_hour: int = Field(default=_CHOICES.commands_per_hour, ge=0)

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "json", "console"] = "auto"

    @field_validator("gitlab_url")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
            raise ValueError("must be an address such as https://gitlab.example.com, without a user name")
        return value.rstrip("/")

    @field_validator("webhook_signing_token")
    @classmethod
    def _signing_token(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        try:
            base64.b64decode(text.removeprefix("whsec_"), validate=True)
        except binascii.Error:
            raise ValueError("must be the token as GitLab showed it: `whsec_` and base64") from None
        return value

    @field_validator("store_url")
    @classmethod
    def _known_store(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"sqlite", "postgresql", "postgres"}:
            raise ValueError("must begin with sqlite:// or postgresql://, or be empty for the embedded store")
        return value

    @property
    def resolved_store_url(self) -> str:
        """The store to use: the one that is set, else a file in the state directory."""
        return self.store_url or f"sqlite://{Path(self.state_dir).expanduser() / 'scansion.db'}"

    def choices(self) -> Choices:
        """The part that the use cases need."""
        return Choices(**{entry.name: getattr(self, entry.name) for entry in fields(Choices)})

    def secret_values(self) -> tuple[str, ...]:
        """The secrets in clear, for the redaction of logs."""
        values = [*(getattr(self, name) for name in SECRETS), *self.gitlab_tokens.values()]
        password = urlsplit(self.store_url).password or ""
        return tuple(text for text in [*(value.get_secret_value() for value in values), password] if text)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is passed in code wins, then secret files, then the environment, then the file."""
        del dotenv_settings, file_secret_settings
        file = TomlConfigSettingsSource(settings_cls, _settings_file())
        return init_settings, _SecretFiles(settings_cls), env_settings, file


SECRETS = tuple(name for name, info in Settings.model_fields.items() if info.annotation is SecretStr)


class _SecretFiles(PydanticBaseSettingsSource):
    """Reads `SCANSION_GITLAB_TOKEN_FILE` and its like: container platforms hand secrets over as files."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"SCANSION_{field_name.upper()}_FILE", "")
        if not path or not (field.annotation is SecretStr or field_name == "store_url"):
            return None, field_name, False
        try:
            return Path(path).read_text(encoding="utf-8").strip(), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"`SCANSION_{field_name.upper()}_FILE` cannot be read: {error}") from error

    def __call__(self) -> dict[str, Any]:
        found = {
            name: self.get_field_value(info, name)[0] for name, info in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in found.items() if value is not None}


def load_settings(**overrides: Any) -> Settings:  # noqa: ANN401 - any setting by its name
    """Read the settings. Raises SettingsError with one line that says what is wrong."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise SettingsError("; ".join(_explain(entry) for entry in error.errors())) from None
    except (SourceError, OSError, ValueError) as error:
        raise SettingsError(f"`{_settings_file() or 'the environment'}` cannot be read: {error}") from error


def require_receiver(settings: Settings) -> None:
    """Refuse to receive webhooks that anybody could send."""
    if not (settings.webhook_token.get_secret_value() or settings.webhook_signing_token.get_secret_value()):
        raise SettingsError(
            "A webhook secret is missing: set `SCANSION_WEBHOOK_SIGNING_TOKEN` (GitLab 19 and newer) "
            "or `SCANSION_WEBHOOK_TOKEN` to the one that the hook in GitLab has"
        )


def require_forge(settings: Settings) -> None:
    """Refuse to work without a way to ask GitLab."""
    if not settings.gitlab_token.get_secret_value():
        raise SettingsError("`SCANSION_GITLAB_TOKEN` is missing: set it to an access token with the scope `api`")


def _settings_file() -> Path | None:
    named = os.environ.get("SCANSION_CONFIG", "")
    if not named:
        return DEFAULT_FILE if DEFAULT_FILE.is_file() else None
    if not Path(named).is_file():
        raise SettingsError(f"`SCANSION_CONFIG` names `{named}`, which is not a file")
    return Path(named)


def _explain(entry: Mapping[str, Any]) -> str:
    name = ".".join(str(part) for part in entry["loc"]).lower()
    if entry["type"] == "extra_forbidden":
        return f"`{name}` is not a setting"
    reason = str(entry["msg"]).removeprefix("Value error, ")
    return f"`{name}`: {reason[:1].lower()}{reason[1:]}"
