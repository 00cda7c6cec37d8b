"""Messages leave by a real mail server: once each, in three languages, whatever goes wrong."""

import logging
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from aiosmtpd.smtp import AuthResult
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from needsbank import delivery
from needsbank.channels.mail import Mail
from needsbank.channels.rendering import one_line
from needsbank.channels.smtp import Smtp
from needsbank.db.models import Message
from needsbank.db.transaction import transaction
from needsbank.domain import clock
from needsbank.domain.languages import Language
from needsbank.domain.mail_levels import MailLevel
from needsbank.domain.mail_servers import SmtpServer
from needsbank.domain.outbox import (
    LEASE,
    Channel,
    Claim,
    MessageKind,
    MessageState,
    Outcome,
    Post,
    Trouble,
)
from needsbank.services import outbox
from tests.factories import add_user, reread
from tests.mail_server import mail_server, talking_server

WORDS = {"act": "catch", "stage": "caught", "route": "", "reason": "", "path": "/follow/abc"}
URL = "https://bank.example"


def posted(session, key="k1", **values):
    usual: dict[str, Any] = {
        "kind": MessageKind.STEP,
        "words": WORDS,
        "address": "hoitaja@county.example",
    }
    with transaction(session):
        return outbox.post(session, Post(key=key, **(usual | values)))


def way_to(port, seconds=5.0, **values) -> dict[Channel, delivery.Way]:
    server = SmtpServer(host="127.0.0.1", port=port, **values)
    smtp = Smtp(server, "Tarvepankki <bank@bank.example>", seconds)
    return {Channel.MAIL: Mail(smtp, URL, lambda message_id: f"/mail/stop/{message_id}")}


def claimed(session) -> Claim:
    with transaction(session):
        claim = outbox.claim_next(session, Channel.MAIL)
    assert claim is not None
    return claim


def deliver(engine, port, **values):
    return delivery.deliver_waiting(engine, way_to(port, **values))


@pytest.fixture
def server():
    with mail_server() as made:
        yield made


def test_a_message_leaves_once_with_all_that_a_mail_needs(session, engine, server):
    message = posted(session)

    assert deliver(engine, server.port) == 1
    assert deliver(engine, server.port) == 0

    (mail,) = server.mails
    assert server.recipients == ["hoitaja@county.example"]
    assert mail["From"] == "Tarvepankki <bank@bank.example>"
    assert mail["To"] == "hoitaja@county.example"
    assert mail["Message-ID"].endswith("@bank.example>")
    assert mail["Auto-Submitted"] == "auto-generated"
    stop = f"{URL}/mail/stop/{message.id}"
    assert mail["List-Unsubscribe"] == f"<{stop}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    body = mail.get_content()
    assert f"{URL}/follow/abc" in body
    assert stop in body
    message = reread(session, message)
    assert (message.state, message.trouble) == (MessageState.SENT, None)
    assert message.sent is not None


@pytest.mark.parametrize(
    ("language", "subject", "word"),
    [
        (Language.FI, "Ideastasi on otettu koppi", "jäljessä"),
        (Language.SV, "Din idé har tagits emot", "efteråt"),
        (Language.EN, "Your idea has been caught", "Follow your idea"),
        (Language.OTHER, "Ideastasi on otettu koppi", "Seuraa"),
    ],
)
def test_each_is_written_to_in_their_language(session, engine, server, language, subject, word):
    reason = {**WORDS, "reason": "Näin jäljessä: följ upp efteråt. Follow your idea. Seuraa."}
    posted(session, language=language, words=reason)
    deliver(engine, server.port)
    (mail,) = server.mails
    assert mail["Subject"] == subject
    assert mail["Content-Language"] == ("fi" if language is Language.OTHER else language.value)
    assert word in mail.get_content()
    assert "> Näin jäljessä: följ upp efteråt." in mail.get_content()


def test_a_person_is_written_to_where_and_how_they_are_now(session, engine, server):
    user = add_user(session, email="old@bank.example", language=Language.FI)
    posted(session, user_id=user.id, address="", language=Language.FI)
    with transaction(session):
        user.email, user.language = "new@bank.example", Language.SV
    deliver(engine, server.port)
    assert server.recipients == ["new@bank.example"]
    assert server.mails[0]["Content-Language"] == "sv"


def test_what_people_write_adds_no_header_and_no_recipient(session, engine, server):
    evil = "Syy\r\nBcc: all@bank.example\r\n.\r\nMAIL FROM:<x@y.example>\r\n.kaksi"
    posted(session, words={**WORDS, "reason": evil, "path": "/follow/a\r\nBcc: x@y.example"})
    posted(session, key="k2", address="a@b.example\r\nBcc: all@bank.example")
    posted(session, key="k3", address="a@b.example, all@bank.example")

    deliver(engine, server.port)

    (mail,) = server.mails
    assert mail["Bcc"] is None
    assert server.recipients == ["hoitaja@county.example"]
    assert "> .kaksi" in mail.get_content()
    states = {each.key: (each.state, each.trouble) for each in session.scalars(select(Message))}
    assert states["k2"] == states["k3"] == (MessageState.DEAD, Trouble.REFUSED)


def test_a_subject_cannot_be_broken_by_a_word():
    assert one_line("Hei\r\nBcc: a@b\x00\u2028c") == "Hei Bcc: a@b c"


def test_a_recipient_refused_for_good_is_given_up_at_once(session, engine, server):
    server.to_recipient["hoitaja@county.example"] = "550 5.1.1 no such user"
    message = posted(session)
    other = posted(session, key="k2", address="toinen@county.example")
    deliver(engine, server.port)
    message = reread(session, message)
    assert (message.state, message.trouble) == (MessageState.DEAD, Trouble.REFUSED)
    assert message.error == "550 5.1.1 no such user"
    assert reread(session, other).state is MessageState.SENT


def test_a_server_that_says_later_is_asked_again_with_growing_waits(session, engine, server):
    server.to_mail = ["451 4.3.0 try again", "452 4.3.1 still full"]
    message = posted(session)
    deliver(engine, server.port)
    message = reread(session, message)
    assert (message.state, message.attempts) == (MessageState.WAITING, 1)
    assert deliver(engine, server.port) == 0
    with clock.moved(timedelta(minutes=1, seconds=1)):
        deliver(engine, server.port)
        assert deliver(engine, server.port) == 0
    assert reread(session, message).error == "452 4.3.1 still full"
    with clock.moved(timedelta(minutes=7)):
        deliver(engine, server.port)
    message = reread(session, message)
    assert (message.state, message.error) == (MessageState.SENT, "")
    assert len(server.mails) == 1


def test_after_almost_three_days_without_an_answer_it_is_given_up(session, engine):
    message = posted(session)
    hours, tries = 0, 0
    while reread(session, message).state is MessageState.WAITING and tries < 20:
        with clock.moved(timedelta(hours=hours)):
            deliver(engine, 1)  # nobody listens there
        hours, tries = hours + 25, tries + 1
    assert (message.state, message.trouble) == (MessageState.DEAD, Trouble.NOT_REACHED)
    assert (tries, message.attempts) == (9, 9)


def test_while_the_server_is_away_only_one_message_asks_for_it(session, engine):
    first, second = posted(session), posted(session, key="k2")
    assert deliver(engine, 1) == 1
    assert {reread(session, each).attempts for each in (first, second)} == {0, 1}


AT_EHLO = ("220 hello", "250 hello")


@pytest.mark.parametrize(
    ("lines", "state", "trouble"),
    [
        ((), MessageState.WAITING, Trouble.NOT_REACHED),
        (("220 hello",), MessageState.WAITING, Trouble.NOT_REACHED),
        (AT_EHLO, MessageState.WAITING, Trouble.NOT_REACHED),
        ((*AT_EHLO, "250 sender ok"), MessageState.WAITING, Trouble.NOT_REACHED),
        ((*AT_EHLO, "250 ok", "250 ok"), MessageState.WAITING, Trouble.NOT_REACHED),
        (
            (*AT_EHLO, "250 ok", "250 ok", "354 go on"),
            MessageState.UNCERTAIN,
            Trouble.NO_ANSWER,
        ),
        (
            (*AT_EHLO, "250 ok", "250 ok", "354 go on", "451 no"),
            MessageState.WAITING,
            Trouble.NOT_REACHED,
        ),
        (
            (*AT_EHLO, "250 ok", "250 ok", "354 go on", "554 spam"),
            MessageState.DEAD,
            Trouble.REFUSED,
        ),
        (
            (*AT_EHLO, "250 ok", "250 ok", "503 no data wanted"),
            MessageState.DEAD,
            Trouble.REFUSED,
        ),
        ((*AT_EHLO, "550 who are you"), MessageState.WAITING, Trouble.NOT_REACHED),
        (("554 not you",), MessageState.WAITING, Trouble.NOT_REACHED),
    ],
)
@pytest.mark.parametrize("hang", [False, True], ids=["dies", "falls silent"])
def test_only_what_may_have_left_is_uncertain(session, engine, lines, state, trouble, hang):
    message = posted(session)
    with talking_server(*lines, hang=hang) as port:
        deliver(engine, port, seconds=0.3)
    message = reread(session, message)
    assert (message.state, message.trouble) == (state, trouble), message.error


def test_what_is_uncertain_is_not_sent_again_by_itself(session, engine, server):
    posted(session)
    with talking_server(*AT_EHLO, "250 ok", "250 ok", "354 go on") as port:
        deliver(engine, port)
    with clock.moved(timedelta(days=30)):
        assert deliver(engine, server.port) == 0
    assert server.mails == []


class Killed(BaseException):
    """What stands for a process that ends in the middle."""


def test_a_worker_that_ends_after_sending_leaves_it_to_a_person(session, engine, server):
    message = posted(session)
    ways = way_to(server.port)

    class EndsAfterSending(Mail):
        def send(self, claim):
            super().send(claim)
            raise Killed

    ways[Channel.MAIL].__class__ = EndsAfterSending
    with pytest.raises(Killed):
        delivery.deliver_waiting(engine, ways)
    assert reread(session, message).state is MessageState.SENDING
    with transaction(session):
        assert outbox.doubt_abandoned(session) == 0
    with clock.moved(LEASE + timedelta(seconds=1)), transaction(session):
        assert outbox.doubt_abandoned(session) == 1
    message = reread(session, message)
    assert (message.state, message.trouble) == (MessageState.UNCERTAIN, Trouble.WORKER_GONE)
    assert deliver(engine, server.port) == 0
    assert len(server.mails) == 1


def test_a_worker_thought_dead_may_still_say_that_it_has_left(session, engine):
    posted(session)
    claim = claimed(session)
    with clock.moved(LEASE * 2), transaction(session):
        outbox.doubt_abandoned(session)
    with transaction(session):
        assert outbox.finish(session, claim, Outcome()) is MessageState.SENT


def test_a_claim_is_one_worker_s(session, engine):
    posted(session)
    claim = claimed(session)
    with transaction(session):
        assert outbox.claim_next(session, Channel.MAIL) is None
    other = replace(claim, token=uuid4())
    with transaction(session):
        assert outbox.finish(session, other, Outcome()) is None


def test_two_workers_at_once_send_each_mail_once(session, engine, server):
    for number in range(40):
        posted(session, key=f"k{number}")
    done = []

    def work():
        done.append(deliver(engine, server.port))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    ids = [mail["Message-ID"] for mail in server.mails]
    assert (len(ids), len(set(ids)), sum(done)) == (40, 40, 40)


@pytest.mark.parametrize(
    ("values", "trouble"),
    [
        ({"active": False}, Trouble.DISABLED),
        ({"mail_level": MailLevel.NEVER}, Trouble.NOT_WANTED),
        ({"active": False, "mail_level": MailLevel.DAILY}, Trouble.DISABLED),
        ({"email": ""}, Trouble.NO_ADDRESS),
    ],
)
def test_who_cannot_be_written_to_is_not_and_the_reason_is_kept(
    session, engine, server, values, trouble
):
    user = add_user(session, **({"email": "x@bank.example"} | values))
    if "email" in values:
        with transaction(session):
            user.email = ""
    message = posted(session, user_id=user.id, address="")
    other = posted(session, key="k2")
    deliver(engine, server.port)
    message = reread(session, message)
    assert (message.state, message.trouble) == (MessageState.CANCELLED, trouble)
    assert reread(session, other).state is MessageState.SENT


def test_what_cannot_be_put_into_words_is_told_to_the_admin(session, engine, server):
    message = posted(session, words={"stage": "caught", "path": "/x"})
    deliver(engine, server.port)
    message = reread(session, message)
    assert (message.state, message.trouble) == (MessageState.DEAD, Trouble.UNREADABLE)
    assert "'act' is undefined" in message.error


def test_what_is_due_later_waits(session, engine, server):
    posted(session, not_before=clock.now() + timedelta(hours=1))
    assert deliver(engine, server.port) == 0
    with clock.moved(timedelta(hours=1, seconds=1)):
        assert deliver(engine, server.port) == 1


def test_without_a_mail_server_messages_wait(session, engine):
    message = posted(session)
    assert delivery.deliver_waiting(engine, {}) == 0
    assert reread(session, message).state is MessageState.WAITING


def test_a_password_is_used_and_never_told(session, engine, caplog):
    secret = "salainen-sana"
    with mail_server(auth_require_tls=False, authenticator=_lets_nobody_in) as server:
        message = posted(session)
        deliver(engine, server.port, user="bank", password=secret)
    message = reread(session, message)
    assert (message.state, message.trouble) == (MessageState.WAITING, Trouble.NOT_REACHED)
    assert message.error.startswith("535")
    assert secret not in message.error + caplog.text + repr(way_to(1, password=secret))


def _lets_nobody_in(server, session, envelope, mechanism, data):
    return AuthResult(success=False, handled=False)


def test_a_server_that_cannot_encrypt_gets_nothing(session, engine, server):
    message = posted(session)
    deliver(engine, server.port, starttls=True)
    assert reread(session, message).trouble is Trouble.NOT_REACHED
    assert server.mails == []


def test_the_log_names_no_address(session, engine, server, caplog):
    server.to_recipient["hoitaja@county.example"] = "550 hoitaja@county.example unknown"
    posted(session)
    with caplog.at_level(logging.DEBUG):
        deliver(engine, server.port)
    said = [each.getMessage() for each in caplog.records if each.name.startswith("needsbank")]
    assert "refused" in said[0]
    assert "hoitaja" not in "".join(said)


class AwayOnce(Session):
    """A session whose database is away the first time that something is asked."""

    away = True

    def scalar(self, *args, **kwargs):
        """Fail once, as a locked database does."""
        if AwayOnce.away:
            AwayOnce.away = False
            raise OperationalError("select 1", {}, Exception("database is locked"))
        return super().scalar(*args, **kwargs)


def test_the_worker_outlives_a_database_that_is_away_and_stops_when_asked(
    session, engine, server, monkeypatch, caplog
):
    message = posted(session)
    monkeypatch.setattr(delivery, "Session", AwayOnce)
    monkeypatch.setattr(delivery, "_IDLE_SECONDS", 0.01)
    AwayOnce.away = True
    stop = threading.Event()
    worker = threading.Thread(target=delivery.work, args=(engine, way_to(server.port), stop))
    with _ended(worker, stop):
        for _ in range(500):
            if reread(session, message).state is MessageState.SENT:
                break
            stop.wait(0.01)
    assert not worker.is_alive()
    assert message.state is MessageState.SENT
    assert "the database does not answer" in caplog.text


@contextmanager
def _ended(worker, stop):
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join(10)
