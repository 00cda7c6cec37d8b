"""The workspace's page: forms keep what was typed, texts are shown as texts, rights are kept."""

import pytest

from needsbank.domain.collaborations import CollaborationState, PartyRole
from needsbank.domain.visibility import Visibility
from needsbank.services import handing_over
from tests.factories import add_collaboration, add_event, add_need, add_result
from tests.pages import Page, get_page, post


@pytest.fixture
def collaboration(session, partner, member):
    return add_collaboration(
        session, add_need(session, partner), (member, PartyRole.TEAM), title="Keys"
    )


def test_a_note_is_shown_as_text_with_safe_links(sign_in_as, member, collaboration):
    client = sign_in_as(member)
    address = f"/collaborations/{collaboration.id}"
    note = "<script>x</script> https://example.org/a javascript:alert(1)"
    assert post(client, f"{address}/thread", **{"note-text": note}).status_code == 303
    page = get_page(client, address)
    (link,) = [e for e in page.all("a") if e.get("href") == "https://example.org/a"]
    assert set(link.get("rel").split()) == {"noopener", "noreferrer", "nofollow", "ugc"}
    assert "<script>x</script>" in page.main
    assert [e.get("href") for e in page.all("a") if "alert" in e.get("href")] == []


def test_a_refused_form_keeps_what_was_typed(sign_in_as, member, collaboration):
    client = sign_in_as(member)
    page = Page(
        post(client, f"/collaborations/{collaboration.id}/result", title="Box", links="no link")
    )
    assert page.status == 422
    assert page.value_of("title") == "Box"
    assert "Give full web addresses that begin with https://." in page.errors


def test_the_partner_signs_for_what_is_shown(session, sign_in_as, partner, member, collaboration):
    team, reader = sign_in_as(member), sign_in_as(partner)
    words = {"title": "Box", "summary": "A box.", "handed_over": "Drawings."}
    words |= {"licence": "cc_by", "language": "en"}
    address = f"/collaborations/{collaboration.id}"
    assert post(team, f"{address}/result", **words).status_code == 303
    page = get_page(reader, f"{address}/receipt")
    shown = page.one("input", name="content_hash").get("value")
    assert post(team, f"{address}/result", **{**words, "handed_over": "Less."}).status_code == 303
    assert post(reader, f"{address}/receipt", content_hash=shown).status_code == 409
    again = get_page(reader, f"{address}/receipt").one("input", name="content_hash").get("value")
    response = post(reader, f"{address}/receipt", content_hash=again)
    assert get_page(reader, response.headers["Location"]).h1 == "Box"
    session.expire_all()
    assert collaboration.state is CollaborationState.HANDED_OVER
    result = handing_over.result_of(session, collaboration)
    assert result
    assert result.receipt
    assert result.receipt.content_hash == again


def test_a_hidden_result_leaves_no_trace_in_public(session, client):
    hidden = add_need(session, visibility=Visibility.COORDINATORS)
    result = add_result(session, hidden, title="Zirconium box")
    event = add_event(session)
    for address in ("/results/", "/lessons/", "/events/", f"/events/{event.id}", "/prior-works/"):
        assert "Zirconium" not in get_page(client, address).html
    assert client.get(f"/results/{result.id}").status_code == 404


def test_the_calendar_of_events_reads_as_one(client, session):
    event = add_event(session, title="MINNO Fest")
    for address in ("/events/calendar.ics", f"/events/{event.id}/event.ics"):
        response = client.get(address)
        assert response.mimetype == "text/calendar"
        text = response.get_data(as_text=True)
        assert "SUMMARY:MINNO Fest" in text
        assert f"/events/{event.id}" in text.replace("\r\n ", "")
