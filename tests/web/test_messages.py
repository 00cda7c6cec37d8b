"""Messages on pages: told in the bank, decided on by admins, and mails that end by one press."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from icalendar import Calendar
from sqlalchemy import select

from needsbank import delivery
from needsbank.app import engine_of, make_ways
from needsbank.db.models import AuditEntry, CalendarFeed, MailRefusal
from needsbank.db.transaction import transaction
from needsbank.domain import clock
from needsbank.domain.mail_levels import MailLevel
from needsbank.domain.mail_servers import SmtpServer
from needsbank.domain.outbox import Channel, MessageKind, MessageState, Post, Trouble
from needsbank.domain.roles import Role
from needsbank.domain.workshops import SeriesState
from needsbank.services import calendar_feeds, mail_levels, outbox, told
from tests.conftest import browser
from tests.factories import add_series, add_user, reread
from tests.mail_server import mail_server
from tests.pages import get_page, post

WORDS = {"act": "catch", "stage": "caught", "route": "", "reason": "", "path": "/follow/x"}


def tell(session, key="k1", **values):
    usual: dict[str, Any] = {"kind": MessageKind.STEP, "words": WORDS}
    with transaction(session):
        message = outbox.post(session, Post(key=key, **(usual | values)))
    assert message is not None
    return message


@pytest.fixture
def admin(session, sign_in_as):
    return sign_in_as(add_user(session, Role.ADMIN))


@pytest.fixture
def send(settings, engine):
    """Send all that waits to a real mail server; return what it got."""

    def send():
        with mail_server() as server:
            mail = replace(
                settings,
                smtp=SmtpServer(host="127.0.0.1", port=server.port),
                public_url="http://localhost",
                mail_from="bank@bank.example",
            )
            delivery.deliver_waiting(engine, make_ways(mail))
            return server.mails

    return send


def test_my_page_tells_what_has_happened_until_it_is_put_away(session, sign_in_as, partner):
    first, _ = tell(session, user_id=partner.id), tell(session, "k2", user_id=partner.id)
    tell(session, "k3", user_id=add_user(session).id)
    reader = sign_in_as(partner)
    page = get_page(reader, "/my")
    assert page.main.count("Your idea has been caught") >= 2
    assert "2 unseen" in page.main
    assert post(reader, f"/my/messages/{first.id}/put-away").status_code == 303
    assert "1 unseen" in get_page(reader, "/my").main
    assert post(reader, "/my/messages/put-away").status_code == 303
    assert "What has happened" not in get_page(reader, "/my").main


def test_what_is_told_stands_on_my_page_whatever_mail_is_wanted(session, sign_in_as, partner):
    with transaction(session):
        partner.mail_level = MailLevel.NEVER
    tell(session, user_id=partner.id)
    tell(session, "later", user_id=partner.id, not_before=clock.now() + timedelta(days=1))
    assert "1 unseen" in get_page(sign_in_as(partner), "/my").main


def test_my_page_asks_as_much_however_much_was_told(
    session, sign_in_as, partner, app, count_queries
):
    reader, counts = sign_in_as(partner), []
    reader.get("/my")  # the first page of a session marks it as used
    for key in ("a", "b", "c"):
        tell(session, key, user_id=partner.id)
        with count_queries(engine_of(app)) as queries:
            reader.get("/my")
        counts.append(len(queries))
    assert len(set(counts)) == 1


def test_the_newest_are_shown_and_all_are_counted(session, sign_in_as, partner):
    for number in range(told.AT_MOST + 3):
        tell(session, f"k{number}", user_id=partner.id)
    page = get_page(sign_in_as(partner), "/my")
    assert f"{told.AT_MOST + 3} unseen" in page.main
    assert page.main.count("Your idea has been caught") == 2 * told.AT_MOST


def test_nobody_puts_away_what_another_was_told(session, sign_in_as, partner, member):
    message = tell(session, user_id=partner.id)
    other = sign_in_as(member)
    assert post(other, f"/my/messages/{message.id}/put-away").status_code == 404
    post(other, "/my/messages/put-away")
    assert reread(session, message).seen is None


def test_one_chooses_how_much_mail_one_gets(session, sign_in_as, partner):
    reader = sign_in_as(partner)
    get_page(reader, "/account/mail")
    assert post(reader, "/account/mail", level="daily").status_code == 303
    assert reread(session, partner).mail_level is MailLevel.DAILY
    assert post(reader, "/account/mail", level="hourly").status_code == 422
    assert reread(session, partner).mail_level is MailLevel.DAILY


def test_a_mail_s_link_ends_mails_by_one_press_without_signing_in(session, client, partner, send):
    tell(session, user_id=partner.id)
    (mail,) = send()
    address = mail["List-Unsubscribe"].strip().strip("<>")
    assert address in mail.get_content()
    path = urlsplit(address).path
    page = get_page(client, path)
    assert "No more mails" in page.main
    assert reread(session, partner).mail_level is MailLevel.AT_ONCE
    pressed = client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert pressed.status_code == 200
    assert reread(session, partner).mail_level is MailLevel.NEVER
    tell(session, "k2", user_id=partner.id)
    assert send() == []


def test_an_address_without_an_account_gets_no_more_either(session, client, send):
    tell(session, address="Hoitaja@county.example")
    (mail,) = send()
    path = urlsplit(mail["List-Unsubscribe"].strip().strip("<>")).path
    get_page(client, path)
    for _ in range(2):
        assert client.post(path).status_code == 200
    message = tell(session, "k2", address="hoitaja@county.example ")
    other = tell(session, "k3", address="toinen@county.example")
    assert len(send()) == 1
    assert reread(session, message).trouble is Trouble.UNSUBSCRIBED
    assert reread(session, other).state is MessageState.SENT
    (refusal,) = session.scalars(select(MailRefusal))
    assert b"county" not in refusal.address_hash
    with transaction(session):
        mail_levels.welcome_mails(session, "hoitaja@county.example")
    tell(session, "k4", address="hoitaja@county.example")
    assert len(send()) == 1


@pytest.mark.parametrize("token", ["x", "x.y", "", "bnVsbA.abc"])
def test_a_made_up_link_ends_nothing(session, client, token):
    assert client.get(f"/mail/stop/{token}").status_code == 404
    assert client.post(f"/mail/stop/{token}").status_code == 404


def test_the_admin_sees_what_did_not_leave_and_why_but_never_what_it_says(session, admin):
    message = tell(session, address="hoitaja@county.example", words={**WORDS, "reason": "Secret"})
    with transaction(session):
        message.state, message.trouble = MessageState.DEAD, Trouble.REFUSED
        message.error = "550 no such user"
    page = get_page(admin, "/administration/messages/")
    assert "550 no such user" in page.main
    assert "h…@county.example" in page.main
    assert "hoitaja" not in page.main
    assert "Secret" not in page.main
    assert "No mail server is set up" in page.main


def test_the_admin_has_a_message_sent_again_or_leaves_it(session, admin, send):
    again, left = tell(session, address="a@b.example"), tell(session, "k2", address="c@d.example")
    with transaction(session):
        for each in (again, left):
            each.state, each.trouble = MessageState.UNCERTAIN, Trouble.WORKER_GONE
    assert post(admin, f"/administration/messages/{again.id}/send-again").status_code == 303
    assert post(admin, f"/administration/messages/{left.id}/leave").status_code == 303
    assert post(admin, f"/administration/messages/{left.id}/leave").status_code == 409
    assert [mail["To"] for mail in send()] == ["a@b.example"]
    assert reread(session, left).state is MessageState.CANCELLED
    acts = session.scalars(select(AuditEntry.act).where(AuditEntry.subject == "message"))
    assert sorted(acts) == ["leave", "send_again"]


def test_what_nobody_answered_to_is_sent_again_all_at_once(session, admin, send):
    messages = [tell(session, f"k{number}", address="a@b.example") for number in range(3)]
    with transaction(session):
        for each, trouble in zip(
            messages, (Trouble.NOT_REACHED, Trouble.NOT_REACHED, Trouble.REFUSED), strict=True
        ):
            each.state, each.trouble, each.attempts = MessageState.DEAD, trouble, 9
    assert post(admin, "/administration/messages/send-again").status_code == 303
    assert len(send()) == 2
    assert reread(session, messages[2]).state is MessageState.DEAD


def test_messages_that_wait_for_a_digest_are_counted_as_waiting(session, admin, partner):
    tell(session, user_id=partner.id)
    page = get_page(admin, "/administration/messages/")
    assert re.search(r"Waiting\s*1", page.main)


def test_a_calendar_reads_its_owner_s_events_until_the_address_is_taken_out_of_use(
    app, session, sign_in_as, partner, member
):
    series = add_series(session, partner, SeriesState.UNDER_WAY)
    reader = sign_in_as(partner)
    assert post(reader, "/account/calendars").status_code == 303
    page = get_page(reader, "/account/calendars")
    (address,) = [each.get("value") for each in page.all("input", type="text")]
    calendar = browser(app)
    text = calendar.get(urlsplit(address).path)
    assert text.content_type == "text/calendar; charset=utf-8"
    events = Calendar.from_ical(text.get_data(as_text=True)).walk("VEVENT")
    assert [str(each["url"]) for each in events] == [f"http://localhost/workshops/{series.id}"] * 3
    (feed,) = session.scalars(select(CalendarFeed))
    stranger = sign_in_as(member)
    assert post(stranger, f"/account/calendars/{feed.id}/revoke").status_code == 404
    assert post(reader, f"/account/calendars/{feed.id}/revoke").status_code == 303
    assert calendar.get(urlsplit(address).path).status_code == 404


def test_a_closed_account_s_calendar_is_empty_handed(app, session, partner):
    with transaction(session):
        feed = calendar_feeds.make_feed(session, partner.actor)
    with transaction(session):
        partner.active = False
    assert browser(app).get(f"/calendar/{feed.code}.ics").status_code == 404


def test_there_are_at_most_so_many_addresses(session, sign_in_as, partner):
    reader = sign_in_as(partner)
    for _ in range(calendar_feeds.MOST):
        assert post(reader, "/account/calendars").status_code == 303
    assert post(reader, "/account/calendars").status_code == 409
    get_page(reader, "/account/calendars")


def test_a_webhook_s_message_is_not_told_on_my_page(session, sign_in_as, partner):
    tell(session, user_id=partner.id, channel=Channel.SLACK)
    assert "What has happened" not in get_page(sign_in_as(partner), "/my").main


def test_the_admin_s_page_asks_as_much_however_many_did_not_leave(
    session, admin, app, count_queries
):
    counts = []
    admin.get("/administration/messages/")
    for number in range(4):
        message = tell(session, f"k{number}", user_id=add_user(session).id)
        with transaction(session):
            message.state, message.trouble = MessageState.DEAD, Trouble.REFUSED
        with count_queries(engine_of(app)) as queries:
            admin.get("/administration/messages/")
        counts.append(len(queries))
    assert len(set(counts)) == 1, counts
