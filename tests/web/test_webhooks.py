"""Channels of Teams and Slack: off by default, told little, by an address that stays a secret."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from needsbank import delivery
from needsbank.app import make_ways
from needsbank.db.models import Message, Webhook
from needsbank.db.transaction import transaction
from needsbank.domain import clock
from needsbank.domain.journeys import Act, Stage
from needsbank.domain.languages import Language
from needsbank.domain.outbox import Channel, MessageState, Trouble
from needsbank.domain.roles import Role
from needsbank.domain.webhooks import DescribeWebhook, WebhookEvent
from needsbank.services import journeys, webhooks
from tests.factories import add_capture, add_user, reread
from tests.pages import get_page, post
from tests.raw_server import serving

MORNING = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def answering(status, *, after_reading=True):
    """Answer every POST with a status; or end the connection once the headers are read."""
    seen = []

    def answer(request, connection):
        head, _, body = request.partition(b"\r\n\r\n")
        length = int(re.findall(rb"(?i)content-length: (\d+)", head)[0])
        while len(body) < length:
            body += connection.recv(65_536)
        seen.append((head.split(b"\r\n")[0], json.loads(body)))
        if after_reading:
            connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())

    return answer, seen


@pytest.fixture
def admin(session):
    return add_user(session, Role.ADMIN)


@pytest.fixture
def add(session, admin):
    def add(url, channel=Channel.SLACK, events=frozenset(WebhookEvent), **values):
        described = DescribeWebhook(
            name="Koppi", channel=channel, url=url, language=Language.EN, events=events, **values
        )
        with transaction(session):
            return webhooks.add_webhook(session, admin.actor, described)

    return add


@pytest.fixture
def deliver(settings, engine):
    def deliver(*allowed):
        reachable = replace(settings, public_url="https://bank.example", fetch_hosts=allowed)
        return delivery.deliver_waiting(engine, make_ways(reachable))

    return deliver


@pytest.fixture
def at():
    former = clock._clock
    yield lambda moment: clock.run_by(lambda: moment)
    clock.run_by(former)


def turn_on(session, admin, webhook):
    with transaction(session):
        webhooks.turn(session, admin.actor, webhook.id, on=True)


def catch_and_start(session):
    idea = add_capture(session, stage=Stage.AWAITING_PARTNER, text="Secret idea")
    with transaction(session):
        journeys.move(session, add_user(session).actor, idea.journey, Act.ACCEPT)


def messages(session):
    session.rollback()
    return session.scalars(select(Message).order_by(Message.created)).all()


def test_a_channel_is_told_nothing_until_it_is_turned_on(session, admin, add):
    webhook = add("https://hooks.example/secret")
    catch_and_start(session)
    assert messages(session) == []
    turn_on(session, admin, webhook)
    catch_and_start(session)
    (message,) = messages(session)
    assert (message.channel, message.webhook_id) == (Channel.SLACK, webhook.id)


def test_slack_gets_a_text_with_a_link_and_nothing_of_what_it_is_about(
    session, admin, add, deliver
):
    answer, seen = answering("200 OK")
    with serving(answer) as server:
        turn_on(session, admin, add(f"{server.url}T0/secret"))
        catch_and_start(session)
        assert deliver(server.host) == 1
    ((line, payload),) = seen
    assert line == b"POST /T0/secret HTTP/1.1"
    assert payload == {
        "text": "Work on an idea has begun\nA team is at it.\n<https://bank.example/>"
    }
    assert messages(session)[0].state is MessageState.SENT


def test_teams_gets_a_card(session, admin, add, deliver):
    answer, seen = answering("202 Accepted")
    with serving(answer) as server:
        turn_on(session, admin, add(server.url, Channel.TEAMS))
        catch_and_start(session)
        deliver(server.host)
    ((_, payload),) = seen
    (card,) = [each["content"] for each in payload["attachments"]]
    assert card["type"] == "AdaptiveCard"
    assert [block["text"] for block in card["body"]] == [
        "Work on an idea has begun",
        "A team is at it.",
    ]
    assert card["actions"][0]["url"] == "https://bank.example/"
    assert "Secret" not in json.dumps(payload)


@pytest.mark.parametrize(
    ("status", "state", "trouble"),
    [
        ("503 Busy", MessageState.WAITING, Trouble.NOT_REACHED),
        ("429 Slowly", MessageState.WAITING, Trouble.NOT_REACHED),
        ("404 Gone", MessageState.DEAD, Trouble.REFUSED),
        ("302 Elsewhere", MessageState.DEAD, Trouble.REFUSED),
    ],
)
def test_an_answer_says_whether_trying_again_helps(
    session, admin, add, deliver, status, state, trouble
):
    answer, seen = answering(status)
    with serving(answer) as server:
        turn_on(session, admin, add(f"{server.url}secret"))
        catch_and_start(session)
        deliver(server.host)
    (message,) = messages(session)
    assert (message.state, message.trouble) == (state, trouble)
    assert message.error == f"HTTP status {status[:3]}"
    assert len(seen) == 1


def test_what_was_handed_over_without_an_answer_is_uncertain(session, admin, add, deliver):
    answer, seen = answering("", after_reading=False)
    with serving(answer) as server:
        turn_on(session, admin, add(f"{server.url}secret"))
        catch_and_start(session)
        deliver(server.host)
    (message,) = messages(session)
    assert (message.state, message.trouble) == (MessageState.UNCERTAIN, Trouble.NO_ANSWER)
    assert len(seen) == 1


def test_where_nobody_listens_it_is_tried_again(session, admin, add, deliver):
    turn_on(session, admin, add("http://127.0.0.1:1/secret"))
    catch_and_start(session)
    deliver("127.0.0.1:1")
    assert messages(session)[0].trouble is Trouble.NOT_REACHED


def test_an_address_of_a_private_network_is_not_reached(session, admin, add, deliver, caplog):
    answer, seen = answering("200 OK")
    with serving(answer) as server:
        turn_on(session, admin, add(f"{server.url}secret"))
        catch_and_start(session)
        deliver()
    (message,) = messages(session)
    assert (message.state, message.error) == (MessageState.DEAD, "blocked")
    assert seen == []
    assert "secret" not in caplog.text


def test_each_morning_channels_are_told_once_how_much_waits(session, admin, add, at):
    at(MORNING)
    turn_on(session, admin, add("https://hooks.example/secret"))

    def tell():
        with transaction(session):
            return webhooks.tell_mornings(session)

    assert tell() == 0  # nothing waits
    add_capture(session)
    add_capture(session, stage=Stage.IN_COORDINATION)
    add_capture(session, stage=Stage.UNDER_WAY)
    assert (tell(), tell()) == (1, 0)
    (message,) = messages(session)
    assert (message.words["thrown"], message.words["in_coordination"]) == (1, 1)
    at(MORNING + timedelta(hours=6))
    assert tell() == 0
    at(MORNING + timedelta(days=1))
    assert tell() == 1


def test_a_channel_is_told_only_of_what_was_chosen(session, admin, add):
    turn_on(session, admin, add("https://h.example/s", events=frozenset({WebhookEvent.IN_USE})))
    catch_and_start(session)
    assert messages(session) == []


def test_the_admin_adds_tries_and_removes_a_channel_whose_address_is_never_shown(
    session, admin, sign_in_as, deliver
):
    client = sign_in_as(admin)
    get_page(client, "/administration/channels/")
    answer, seen = answering("200 OK")
    with serving(answer) as server:
        form: dict[str, Any] = {
            "name": "Koppi",
            "channel": "slack",
            "url": f"{server.url}T0/secret-part",
            "language": "fi",
            "events": ["in_use", "thrown"],
        }
        assert post(client, "/administration/channels/", **form).status_code == 303
        page = get_page(client, "/administration/channels/")
        assert "Koppi" in page.main
        assert "secret-part" not in page.html
        (webhook,) = session.scalars(select(Webhook))
        assert (webhook.active, webhook.events) == (False, ["in_use", "thrown"])
        address = f"/administration/channels/{webhook.id}"
        assert post(client, f"{address}/try").status_code == 303
        deliver(server.host)
    assert seen[0][1]["text"].startswith("Kanava on yhdistetty")
    assert "Sent" in get_page(client, "/administration/channels/").main
    assert post(client, f"{address}/on").status_code == 303
    assert reread(session, webhook).active
    assert post(client, f"{address}/off").status_code == 303
    assert not reread(session, webhook).active
    assert post(client, f"{address}/remove").status_code == 303
    webhook = reread(session, webhook)
    assert (webhook.url, webhook.active) == ("", False)
    assert "Koppi" not in get_page(client, "/administration/channels/").main
    assert post(client, f"{address}/try").status_code == 404


@pytest.mark.parametrize(
    ("name", "value"),
    [("url", "hooks.example"), ("name", " "), ("events", []), ("channel", "mail")],
)
def test_what_cannot_be_added_is_told_beside_the_field(session, admin, sign_in_as, name, value):
    form = {
        "name": "Koppi",
        "channel": "slack",
        "url": "https://hooks.example/secret",
        "language": "fi",
        "events": ["in_use"],
    }
    client = sign_in_as(admin)
    refused = post(client, "/administration/channels/", **{**form, name: value})
    assert refused.status_code == 422
    assert session.scalars(select(Webhook)).all() == []


def test_what_waits_for_a_removed_channel_is_not_sent(session, admin, add, deliver):
    webhook = add("https://hooks.example/secret")
    with transaction(session):
        webhooks.try_webhook(session, admin.actor, webhook.id)
    with transaction(session):
        webhooks.remove_webhook(session, admin.actor, webhook.id)
    deliver()
    (message,) = messages(session)
    assert (message.state, message.trouble) == (MessageState.CANCELLED, Trouble.WEBHOOK_GONE)
