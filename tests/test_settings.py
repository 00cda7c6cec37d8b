"""Settings are read from the environment once; what makes no sense is named."""

from datetime import timedelta
from pathlib import Path

import pytest

from needsbank.settings import SettingsError, from_environment


@pytest.fixture
def read(tmp_path):
    """Read settings from variables of this test's own."""

    def read(**variables):
        environ = {"NEEDSBANK_INSTANCE": str(tmp_path / "bank")}
        return from_environment(environ | {f"NEEDSBANK_{n}": v for n, v in variables.items()})

    return read


def test_the_defaults_are_safe(read, tmp_path):
    settings = read()
    assert settings.database_url == f"sqlite:///{tmp_path / 'bank' / 'bank.db'}"
    assert (settings.secure_cookies, settings.demo, settings.proxies) == (True, False, 0)
    assert settings.fetch_hosts == ()
    assert (settings.encoder, settings.encoder_threads) == ("builtin", 2)
    assert settings.session_lifetime == timedelta(hours=12)
    assert (settings.data / "matcher").is_dir()


def test_every_setting_can_be_given(read, tmp_path):
    settings = read(
        DATABASE_URL="sqlite:///elsewhere.db",
        SECRET_KEY="a key of one's own",
        DATA=str(tmp_path),
        ENCODER="fake",
        ENCODER_THREADS="4",
        SECURE_COOKIES="0",
        TRUSTED_HOSTS="bank.example www.bank.example",
        PROXIES="1",
        SESSION_HOURS="2",
        DEMO="true",
        FETCH_HOSTS="repo.internal 10.0.0.7:8080",
    )
    assert settings.database_url == "sqlite:///elsewhere.db"
    assert (settings.secret_key, settings.data) == ("a key of one's own", tmp_path)
    assert (settings.encoder, settings.encoder_threads) == ("fake", 4)
    assert (settings.secure_cookies, settings.demo, settings.proxies) == (False, True, 1)
    assert settings.trusted_hosts == ("bank.example", "www.bank.example")
    assert settings.session_lifetime == timedelta(hours=2)
    assert settings.fetch_hosts == ("repo.internal", "10.0.0.7:8080")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ENCODER_THREADS", "many"),
        ("ENCODER_THREADS", ""),
        ("PROXIES", "-1"),
        ("PROXIES", "²"),
        ("SESSION_HOURS", "1.5"),
        ("SECURE_COOKIES", "yes"),
        ("SECURE_COOKIES", ""),
        ("DEMO", "2"),
    ],
)
def test_what_makes_no_sense_is_named(read, name, text):
    with pytest.raises(SettingsError, match=f"NEEDSBANK_{name} must be .*, not '{text}'"):
        read(**{name: text})


def test_a_secret_is_made_once_and_kept_to_ourselves(read, tmp_path):
    first, second = read(), read()
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 64
    kept = tmp_path / "bank" / "secret_key"
    assert kept.read_text() == first.secret_key
    assert oct(kept.stat().st_mode & 0o777) == "0o600"
    assert oct(kept.parent.stat().st_mode & 0o777) == "0o700"
    assert [path.name for path in kept.parent.iterdir()] == ["secret_key"]


def test_an_empty_secret_counts_as_none(read):
    assert len(read(SECRET_KEY="").secret_key) >= 64


def test_a_configured_secret_is_written_nowhere(read, tmp_path):
    read(SECRET_KEY="a key of one's own")
    assert list((tmp_path / "bank").iterdir()) == []


def test_two_banks_have_two_secrets(tmp_path):
    one, other = (
        from_environment({"NEEDSBANK_INSTANCE": str(tmp_path / name)}) for name in ("a", "b")
    )
    assert one.secret_key != other.secret_key


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(SettingsError, match="NEEDSBANK_INSTANCE"):
        from_environment({"NEEDSBANK_INSTANCE": str(file / "inside")})


def test_settings_cannot_be_changed_once_they_are_read(read):
    with pytest.raises(AttributeError):
        read().demo = True


def test_a_relative_folder_is_made_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert from_environment({"NEEDSBANK_INSTANCE": "here"}).instance == Path(tmp_path, "here")
