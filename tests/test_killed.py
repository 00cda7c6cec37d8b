"""Web and worker are killed again and again while people post: nothing is lost or done twice.

`KILLS` in the environment asks for more rounds than a test run has time for (`make soak`).
"""

import http.client
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask.json.tag import TaggedJSONSerializer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from needsbank.channels.smtp import Smtp
from needsbank.db.models import Message, Need, SignInSession
from needsbank.db.transaction import transaction
from needsbank.domain import clock
from needsbank.domain.mail_servers import SmtpServer
from needsbank.domain.outbox import LEASE, MessageState
from needsbank.domain.roles import Role
from needsbank.services.outbox import doubt_abandoned
from needsbank.web.sessions import hash_key
from tests.conftest import ROOT
from tests.factories import add_user, unit_id_of
from tests.mail_server import free_port, mail_server

KILLS = int(os.environ.get("KILLS", "3"))
CLIENTS = 3
SENDER = "bank@bank.example"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Poster:
    """Posts one need after another; remembers which ones were acknowledged."""

    port: int
    cookie: str
    unit_id: str
    name: str
    acknowledged: list[str] = field(default_factory=list)
    broken: int = 0

    def post_until(self, stop: threading.Event) -> None:
        """Post; what breaks off is not posted again, so that each title is one attempt."""
        number, token = 0, ""
        while not stop.is_set():
            number += 1
            title = f"{self.name} {number}"
            try:
                token = token or self._token()
                status = self._post(title, token)
            except (OSError, http.client.HTTPException):
                self.broken += 1
                stop.wait(0.05)
                continue
            assert status == 303, status
            self.acknowledged.append(title)

    def _token(self) -> str:
        _, page = self._ask("GET", "/about", "")
        found = _TOKEN.search(page)
        assert found is not None
        return found.group(1)

    def _post(self, title: str, token: str) -> int:
        form = {
            "csrf_token": token,
            "title": title,
            "problem": "Substitutes cannot find the keys of the homes that they visit.",
            "unit_id": self.unit_id,
            "language": "en",
            "visibility": "public",
            "scope": "team",
            "field": "",
        }
        return self._ask("POST", "/needs/", urlencode(form))[0]

    def _ask(self, method: str, path: str, body: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Cookie": f"session={self.cookie}", "Accept-Language": "en"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


def _poster(session: Session, port: int, name: str) -> Poster:
    user = add_user(session, Role.PARTNER)
    key = secrets.token_urlsafe(32)
    content = {"_user_id": user.fs_uniquifier, "_fresh": True}
    with transaction(session):
        session.add(
            SignInSession(
                key_hash=hash_key(key),
                user_id=user.id,
                content=TaggedJSONSerializer().dumps(content),
                browser="a browser of tests",
                expires=clock.now() + timedelta(hours=1),
            )
        )
    return Poster(port, key, str(unit_id_of(session, user)), name)


class Part:
    """A process with all that it started, which can be killed as one and started again."""

    def __init__(self, words: list[str], environment: dict[str, str]) -> None:
        self.words, self.environment = words, environment
        self.process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", *self.words],
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,
        )

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def restart(self) -> None:
        """Start it anew."""
        self.process = self._started()

    def ended(self) -> int:
        """Ask it to end; return its code."""
        self.process.terminate()
        return self.process.wait(30)


@contextmanager
def _running(environment: dict[str, str], port: int) -> Iterator[tuple[Part, Part]]:
    gunicorn = ["gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4"]
    parts = (
        Part([*gunicorn, "--worker-class", "gthread", "tests.posting_app:app"], environment),
        Part(["needsbank.cli", "work"], environment),
    )
    try:
        yield parts
    finally:
        for part in parts:
            part.kill()


def _until(is_so: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.1)
    return False


def _count(session: Session, state: MessageState) -> int:
    session.rollback()
    counted = select(func.count()).select_from(Message).where(Message.state == state)
    return session.scalars(counted).one()


@pytest.mark.slow
def test_what_was_acknowledged_is_there_once_and_each_mail_left_once_or_waits_for_a_person(
    session, environment, capsys
):
    port = free_port()
    posters = [_poster(session, port, f"Need of {number}") for number in range(CLIENTS)]
    stop = threading.Event()
    threads = [threading.Thread(target=each.post_until, args=(stop,)) for each in posters]

    def acknowledged() -> int:
        return sum(len(each.acknowledged) for each in posters)

    with mail_server(delay=0.02) as server:
        variables = environment | {
            "NEEDSBANK_SECURE_COOKIES": "0",
            "NEEDSBANK_PUBLIC_URL": "https://bank.example",
            "NEEDSBANK_SMTP_URL": f"smtp://127.0.0.1:{server.port}",
            "NEEDSBANK_MAIL_FROM": SENDER,
        }
        with _running(variables, port) as (web, worker):
            for thread in threads:
                thread.start()
            for kill in range(KILLS):
                posted, mailed = acknowledged(), len(server.mails)

                def goes_on(posted: int = posted, mailed: int = mailed) -> bool:
                    return acknowledged() > posted + 20 and len(server.mails) > mailed + 5

                assert _until(goes_on, 60), (kill, acknowledged(), len(server.mails))
                worker.kill()
                web.kill()
                web.restart()
                worker.restart()
            stop.set()
            for thread in threads:
                thread.join(30)
            assert _until(lambda: _count(session, MessageState.WAITING) == 0, 60)
            assert worker.ended() == 0
        mailed_ids = Counter(str(mail["Message-ID"]) for mail in server.mails)

    with clock.moved(LEASE + timedelta(seconds=1)), transaction(session):
        doubt_abandoned(session)
    titles = Counter(session.scalars(select(Need.title)))
    messages = session.scalars(select(Message)).all()
    states = Counter(message.state for message in messages)
    broken = sum(each.broken for each in posters)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{KILLS} kills of web and worker: {acknowledged()} needs acknowledged, "
            f"{broken} requests broken off, {titles.total()} needs stored; {len(messages)} "
            f"messages: {states[MessageState.SENT]} sent, "
            f"{states[MessageState.UNCERTAIN]} marked for a person; {mailed_ids.total()} mails\n"
        )

    wanted = {title for each in posters for title in each.acknowledged}
    assert {title: titles[title] for title in wanted} == dict.fromkeys(wanted, 1)
    assert max(titles.values()) == 1
    assert len(messages) == titles.total()
    assert set(states) <= {MessageState.SENT, MessageState.UNCERTAIN}
    assert states[MessageState.UNCERTAIN] <= KILLS
    smtp = Smtp(SmtpServer(host="127.0.0.1", port=1), SENDER)
    ids = {smtp.message_id(message.key): message.state for message in messages}
    assert set(mailed_ids) <= set(ids)
    assert set(mailed_ids.values()) == {1}
    unsent = {each for each, state in ids.items() if not mailed_ids[each]}
    assert {ids[each] for each in unsent} <= {MessageState.UNCERTAIN}
