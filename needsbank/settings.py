"""The bank's settings: one frozen value, and the only reader of the environment."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import urlsplit

from needsbank.domain.errors import BankError
from needsbank.domain.mail_servers import SmtpServer, parse_smtp_url

_ROOT = Path(__file__).resolve().parent.parent


class SettingsError(BankError):
    """A setting is missing or makes no sense; the message names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceModel:
    """How an encoder `st:NAME_OR_FOLDER` is loaded; the built-in one needs none of it."""

    query_prompt: str | None = None
    document_prompt: str | None = None
    revision: str | None = None
    device: str = "cpu"
    offline: bool = False
    dim: int | None = None
    cache: Path | None = None
    trust_code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that may differ from one bank to another."""

    database_url: str
    secret_key: str
    instance: Path
    """Folder for what the bank writes itself: database, indexes, the unpacked model."""
    data: Path = _ROOT / "data"
    """Folder of what is shipped with the bank: demo bank, matcher parameters."""
    encoder: str = "builtin"
    """Of a bank's first vector set, and the engine preferred for vectors of the same space."""
    encoder_threads: int = 2
    sentence_model: SentenceModel = SentenceModel()
    secure_cookies: bool = True
    trusted_hosts: tuple[str, ...] = ()
    proxies: int = 0
    """How many reverse proxies stand in front and set X-Forwarded-For."""
    session_lifetime: timedelta = timedelta(hours=12)
    log_level: str = "warning"
    """Of gunicorn: debug, info, warning, error or critical."""
    fetch_hosts: tuple[str, ...] = ()
    """Hosts of sources ("host" or "host:port") that may stand in a private network."""
    public_url: str = ""
    """What the address of every page begins with, for links in mails; without a final slash."""
    smtp: SmtpServer | None = None
    """Where mails are handed over; none: they wait."""
    mail_from: str = ""
    """Whom mails come from: "Name <address>" or an address."""
    demo: bool = False
    """Show the demo accounts on the sign-in page."""


def from_environment(environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings that `NEEDSBANK_*` variables give; the rest has safe defaults.

    Without a configured secret one is made and kept under the instance folder.
    """
    read = os.environ if environ is None else environ
    instance = Path(read.get("NEEDSBANK_INSTANCE", _ROOT / "instance")).resolve()
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"NEEDSBANK_INSTANCE: {error}") from error
    public_url, mail_from, smtp = _public_url(read), _mail_from(read), _smtp(read)
    if smtp and not (public_url and mail_from):
        raise SettingsError(
            "NEEDSBANK_SMTP_URL needs NEEDSBANK_PUBLIC_URL and NEEDSBANK_MAIL_FROM beside it"
        )
    return Settings(
        database_url=read.get("NEEDSBANK_DATABASE_URL", f"sqlite:///{instance / 'bank.db'}"),
        secret_key=read.get("NEEDSBANK_SECRET_KEY") or _kept_secret(instance),
        instance=instance,
        data=Path(read.get("NEEDSBANK_DATA", _ROOT / "data")),
        encoder=read.get("NEEDSBANK_ENCODER", "builtin"),
        encoder_threads=_number(read, "NEEDSBANK_ENCODER_THREADS", 2),
        sentence_model=_sentence_model(read),
        secure_cookies=_flag(read, "NEEDSBANK_SECURE_COOKIES", default=True),
        trusted_hosts=tuple(read.get("NEEDSBANK_TRUSTED_HOSTS", "").split()),
        proxies=_number(read, "NEEDSBANK_PROXIES", 0),
        session_lifetime=timedelta(hours=_number(read, "NEEDSBANK_SESSION_HOURS", 12)),
        log_level=_log_level(read),
        fetch_hosts=tuple(read.get("NEEDSBANK_FETCH_HOSTS", "").split()),
        public_url=public_url,
        smtp=smtp,
        mail_from=mail_from,
        demo=_flag(read, "NEEDSBANK_DEMO", default=False),
    )


def _public_url(read: Mapping[str, str]) -> str:
    url = read.get("NEEDSBANK_PUBLIC_URL", "").rstrip("/")
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        ours = parts.scheme in {"http", "https"} and parts.hostname and parts.username is None
    except ValueError:
        ours = False
    if not ours or parts.query or parts.fragment or any(each.isspace() for each in url):
        raise SettingsError(
            f"NEEDSBANK_PUBLIC_URL is no address of a site, as https://bank.example.org: {url!r}"
        )
    return url


def _smtp(read: Mapping[str, str]) -> SmtpServer | None:
    url = read.get("NEEDSBANK_SMTP_URL", "")
    try:
        return parse_smtp_url(url) if url else None
    except ValueError as error:
        # Without the address: it holds a password.
        raise SettingsError(
            f"NEEDSBANK_SMTP_URL is to be like smtps://user:password@mail.example.org: {error}"
        ) from None


def _mail_from(read: Mapping[str, str]) -> str:
    text = read.get("NEEDSBANK_MAIL_FROM", "")
    if not text:
        return ""
    _, address = parseaddr(text)
    local, _, domain = address.rpartition("@")
    if not (local and domain and address.isascii()) or any(each in text for each in "\r\n"):
        raise SettingsError(f"NEEDSBANK_MAIL_FROM is no mail address: {text!r}")
    return text


def _sentence_model(read: Mapping[str, str]) -> SentenceModel:
    cache = read.get("NEEDSBANK_ENCODER_CACHE")
    return SentenceModel(
        query_prompt=read.get("NEEDSBANK_ENCODER_QUERY_PROMPT"),
        document_prompt=read.get("NEEDSBANK_ENCODER_DOCUMENT_PROMPT"),
        revision=read.get("NEEDSBANK_ENCODER_REVISION"),
        device=read.get("NEEDSBANK_ENCODER_DEVICE", "cpu"),
        offline=_flag(read, "NEEDSBANK_ENCODER_OFFLINE", default=False),
        dim=_number(read, "NEEDSBANK_ENCODER_DIM", 0) or None,
        cache=Path(cache).resolve() if cache else None,
        trust_code=_flag(read, "NEEDSBANK_ENCODER_TRUST_CODE", default=False),
    )


def _kept_secret(instance: Path) -> str:
    path = instance / "secret_key"
    if not path.exists():
        # Written whole and then linked: a process that starts beside us never reads half of it.
        with NamedTemporaryFile("w", dir=instance) as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            with suppress(FileExistsError):
                path.hardlink_to(file.name)
    return path.read_text()


def _log_level(read: Mapping[str, str]) -> str:
    level = read.get("NEEDSBANK_LOG_LEVEL", "warning").lower()
    if level not in {"debug", "info", "warning", "error", "critical"}:
        raise SettingsError(f"NEEDSBANK_LOG_LEVEL is no level of gunicorn: {level!r}")
    return level


def _number(read: Mapping[str, str], name: str, default: int) -> int:
    text = read.get(name, str(default))
    if not (text.isascii() and text.isdigit()):
        raise SettingsError(f"{name} must be a whole number, not {text!r}")
    return int(text)


def _flag(read: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = read.get(name, "1" if default else "0").lower()
    if text not in {"0", "1", "true", "false"}:
        raise SettingsError(f"{name} must be 1 or 0, not {text!r}")
    return text in {"1", "true"}
