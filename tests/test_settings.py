"""Settings are read from the environment once; what makes no sense is named."""

import traceback
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


MAIL = {
    "PUBLIC_URL": "https://bank.example.org/",
    "SMTP_URL": "smtps://bank:a%40word@mail.example.org",
    "MAIL_FROM": "Tarvepankki <bank@example.org>",
}


def test_without_a_mail_server_there_is_none(read):
    settings = read()
    assert (settings.smtp, settings.public_url, settings.mail_from) == (None, "", "")


def test_mail_is_set_up_by_three_settings(read):
    settings = read(**MAIL)
    assert settings.public_url == "https://bank.example.org"
    assert settings.mail_from == "Tarvepankki <bank@example.org>"
    server = settings.smtp
    assert server is not None
    assert (server.host, server.port, server.user) == ("mail.example.org", 465, "bank")
    assert (server.password, server.tls, server.starttls) == ("a@word", True, False)


@pytest.mark.parametrize(
    ("url", "port", "starttls"),
    [
        ("smtp://localhost", 25, False),
        ("smtp://bank:word@127.0.0.1:2525", 2525, False),
        ("smtp://bank:word@mail.example.org:587?starttls=1", 587, True),
        ("smtp://mail.example.org?starttls=0", 25, False),
    ],
)
def test_a_mail_server_may_be_told_in_these_ways(read, url, port, starttls):
    server = read(**{**MAIL, "SMTP_URL": url}).smtp
    assert server is not None
    assert (server.port, server.starttls, server.tls) == (port, starttls, False)


@pytest.mark.parametrize(
    "url",
    [
        "bank:salainen@mail.example.org",
        "https://bank:salainen@mail.example.org",
        "smtp://bank:salainen@mail.example.org",
        "smtps://bank:salainen@",
        "smtps://bank:salainen@mail.example.org:many",
        "smtps://bank:salainen@mail.example.org:99999",
        "smtps://bank:salainen@mail.example.org/folder",
        "smtp://bank:salainen@mail.example.org?starttls=yes",
        "smtp://bank:salainen@mail.example.org?tls=1",
        "smtps://bank:salainen@[mail.example.org",
    ],
)
def test_a_mail_server_that_makes_no_sense_is_told_without_its_password(read, url):
    with pytest.raises(SettingsError, match="NEEDSBANK_SMTP_URL") as refused:
        read(**{**MAIL, "SMTP_URL": url})
    assert "salainen" not in str(refused.value)
    assert "salainen" not in "".join(traceback.format_exception(refused.value))


def test_no_password_is_shown_with_the_settings(read):
    assert "a@word" not in repr(read(**MAIL))


@pytest.mark.parametrize("lacking", ["PUBLIC_URL", "MAIL_FROM"])
def test_a_mail_server_alone_is_not_enough(read, lacking):
    with pytest.raises(SettingsError, match=f"NEEDSBANK_{lacking}"):
        read(**{**MAIL, lacking: ""})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PUBLIC_URL", "bank.example.org"),
        ("PUBLIC_URL", "ftp://bank.example.org"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://bank.example.org/?a=1"),
        ("PUBLIC_URL", "https://me@bank.example.org"),
        ("PUBLIC_URL", "https://bank.example.org/a b"),
        ("PUBLIC_URL", "https://[bank"),
        ("MAIL_FROM", "Tarvepankki"),
        ("MAIL_FROM", "bank@"),
        ("MAIL_FROM", "a@b.example\r\nBcc: c@d.example"),
        ("MAIL_FROM", "pönki@bank.example"),
    ],
)
def test_what_makes_no_sense_in_mails_is_named(read, name, text):
    with pytest.raises(SettingsError, match=f"NEEDSBANK_{name} is no"):
        read(**{**MAIL, name: text})
