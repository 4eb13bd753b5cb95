"""Settings: one file, the environment, secret files."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app.choices import Choices
from bot.shell.settings import Settings, SettingsError, load_settings, require_forge, require_receiver

SHIPPED = Path(__file__).parents[2] / "config/scansion.toml"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.startswith("SCANSION_") or name in {"HOST", "PORT"}]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    monkeypatch.chdir(tmp_path)


def use_file(monkeypatch, tmp_path, text: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    monkeypatch.setenv("SCANSION_CONFIG", str(path))


def test_shipped_file_has_every_setting_with_its_default_and_a_comment() -> None:
    text = SHIPPED.read_text()
    shipped = tomllib.loads(text)
    defaults = {
        name: info.default.get_secret_value() if isinstance(info.default, SecretStr) else info.default
        for name, info in Settings.model_fields.items()
    }
    assert shipped == defaults
    lines = text.splitlines()
    for name in defaults:
        at = next(number for number, line in enumerate(lines) if line.startswith((f"{name} = ", f"[{name}]")))
        assert lines[at - 1].startswith("# ")


def test_environment_wins_over_the_file_and_a_secret_file_over_both(monkeypatch, tmp_path) -> None:
    use_file(
        monkeypatch, tmp_path, 'gitlab_url = "https://file.example.com"\nwebhook_token = "from-file"\nworkers = 3'
    )
    monkeypatch.setenv("SCANSION_GITLAB_URL", "https://env.example.com/")
    monkeypatch.setenv("SCANSION_WEBHOOK_TOKEN", "from-environment")
    (tmp_path / "secret").write_text("from-secret-file\n")
    monkeypatch.setenv("SCANSION_WEBHOOK_TOKEN_FILE", str(tmp_path / "secret"))
    settings = load_settings()
    assert settings.gitlab_url == "https://env.example.com"
    assert settings.webhook_token.get_secret_value() == "from-secret-file"
    assert settings.workers == 3


def test_file_in_the_working_directory_is_found(monkeypatch, tmp_path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config/scansion.toml").write_text("port = 9000")
    assert load_settings().port == 9000
    monkeypatch.setenv("PORT", "9001")
    monkeypatch.setenv("HOST", "0.0.0.0")
    settings = load_settings()
    assert (settings.host, settings.port) == ("0.0.0.0", 9001)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("wokers = 3", "`wokers` is not a setting"),
        ("workers = -1", "`workers`"),
        ('gitlab_url = "gitlab.example.com"', "`gitlab_url`"),
        ('store_url = "mysql://host/db"', "`store_url`"),
        ('webhook_signing_token = "whsec_*"', "`webhook_signing_token`"),
        ("workers = ", "cannot be read"),
    ],
)
def test_mistake_is_told_in_one_line(monkeypatch, tmp_path, text: str, said: str) -> None:
    use_file(monkeypatch, tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_files_are_told(monkeypatch) -> None:
    monkeypatch.setenv("SCANSION_GITLAB_TOKEN_FILE", "/no/such/file")
    with pytest.raises(SettingsError, match="SCANSION_GITLAB_TOKEN_FILE"):
        load_settings()
    monkeypatch.setenv("SCANSION_CONFIG", "/no/such/file")
    with pytest.raises(SettingsError, match="SCANSION_CONFIG"):
        load_settings()


def test_receiver_without_a_secret_is_refused() -> None:
    with pytest.raises(SettingsError, match="SCANSION_WEBHOOK_TOKEN"):
        require_receiver(load_settings())
    require_receiver(load_settings(webhook_token="made-up-token"))
    with pytest.raises(SettingsError, match="SCANSION_GITLAB_TOKEN"):
        require_forge(load_settings())


def test_secret_never_shows_in_settings_or_their_errors(monkeypatch) -> None:
    monkeypatch.setenv("SCANSION_WEBHOOK_SIGNING_TOKEN", "whsec_not-base64-made-up")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "made-up" not in str(caught.value)
    monkeypatch.setenv("SCANSION_WEBHOOK_SIGNING_TOKEN", "")
    settings = load_settings(gitlab_token="glpat-made-up", store_url="postgresql://u:made-up-password@h/d")
    assert "glpat" not in repr(settings)
    assert set(settings.secret_values()) == {"glpat-made-up", "made-up-password"}


def test_choices_of_the_use_cases_are_settings(monkeypatch, tmp_path) -> None:
    assert load_settings().choices() == Choices()
    use_file(monkeypatch, tmp_path, 'commands_per_hour = 3\n[gitlab_tokens]\n"group/a" = "made-up-token"')
    settings = load_settings()
    assert settings.choices().commands_per_hour == 3
    assert settings.secret_values() == ("made-up-token",)


def test_store_address_with_a_password_can_come_from_a_file(monkeypatch, tmp_path) -> None:
    (tmp_path / "url").write_text("postgresql://u:made-up-password@host/db\n")
    monkeypatch.setenv("SCANSION_STORE_URL_FILE", str(tmp_path / "url"))
    settings = load_settings()
    assert settings.resolved_store_url == "postgresql://u:made-up-password@host/db"
    assert settings.secret_values() == ("made-up-password",)
    assert "made-up-password" not in repr(settings)


def test_embedded_store_is_the_default(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    assert load_settings().resolved_store_url == f"sqlite://{tmp_path}/scansion.db"
