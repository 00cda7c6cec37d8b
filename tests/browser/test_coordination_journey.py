"""J3: a coordinator examines a need, decides on a route, and the answer goes back to its sender."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from needsbank.db.models import Message
from needsbank.domain.outbox import MessageKind
from tests.browser.conftest import Browse
from tests.browser.places import COORDINATOR, PARTNER
from tests.browser.reader import Reader

pytestmark = pytest.mark.browser

SHOWN_WITHIN = 30_000
"""Milliseconds to an answer; a server that has just started loads its model first."""

TITLE = "Lääkehoidon käytännöt opitaan vasta virheistä"
PROBLEM = (
    "Uuden sijaisen perehdytys lääkehoitoon on hajallaan monessa ohjeessa,"
    " ja käytännöt opitaan vasta, kun jotain on jo sattunut."
)
REASON = "Tiimi ehtii tehdä perehdytyksen rungon yhdellä kierroksella, ja moni yksikkö hyötyy."
ADDED = "Soitan teille ensi viikolla. Kaisa"
REPRESENTATIVE = "Eija Edustaja"

Invited = Callable[[], str]


@pytest.fixture
def invited(bank_engine: Engine) -> Invited:
    """Return the page that the latest mail to a representative leads to."""
    latest = (
        select(Message)
        .where(Message.kind == MessageKind.REPRESENT)
        .order_by(Message.created.desc())
        .limit(1)
    )

    def path() -> str:
        with Session(bank_engine) as session:
            return str(session.scalars(latest).one().words["path"])

    return path


def test_a_need_is_examined_decided_on_answered_and_accepted(browse: Browse, invited: Invited):
    partner, coordinator, representative = (
        browse("fi", PARTNER),
        browse("fi", COORDINATOR),
        browse("fi"),
    )
    address = post_need(partner)

    open_from_the_queue(coordinator)
    judge_what_is_known(coordinator)
    see_pairs_or_their_lack(coordinator)
    choose_a_route_without_a_reason(coordinator)
    choose_it_with_a_reason(coordinator)
    edit_the_draft_and_send_it(coordinator)

    read_the_answer_and_name_a_representative(partner, address)
    accept_with_one_click(representative, invited())
    read_who_did_what_and_why(coordinator)
    clear_away(partner, address)


def post_need(partner: Reader) -> str:
    partner.page.goto("/needs/new")
    partner.control("What do you need, in one sentence?").fill(TITLE)
    partner.control("What is the problem?").fill(PROBLEM)
    partner.page.locator("#unit_id").select_option(index=1)
    partner.press("Post the need")
    expect(partner.heading()).to_have_text(TITLE)
    # Once its answer is shown, the bank has read it.
    similar = partner.page.locator("#similar-panel li").first
    expect(similar).to_be_visible(timeout=SHOWN_WITHIN)
    return "/" + partner.page.url.split("/", 3)[3]


def open_from_the_queue(coordinator: Reader) -> None:
    coordinator.page.goto("/coordination/matters/")
    coordinator.check()
    expect(coordinator.heading()).to_have_text(coordinator.word("To decide"))
    # What came today stands last.
    coordinator.page.goto("/coordination/matters/?page=99")
    coordinator.follow(TITLE)
    coordinator.check()


def judge_what_is_known(coordinator: Reader) -> None:
    hits = coordinator.page.locator("[data-hit]")
    coordinator.page.locator("section[aria-labelledby=known] details").evaluate_all(
        "all => all.forEach(each => { each.open = true })"
    )
    expect(hits.nth(2)).to_be_visible()
    judged = [f"#{hits.nth(place).get_attribute('id')}" for place in range(3)]
    for hit, key, word in zip(judged, "123", ("The same", "Partly", "Not the same"), strict=True):
        coordinator.page.locator(hit).focus()
        coordinator.page.keyboard.press(key)
        shown = coordinator.page.locator(f"{hit} [data-judged]")
        expect(shown).to_contain_text(coordinator.word(word))
    coordinator.check_accessibility()


def see_pairs_or_their_lack(coordinator: Reader) -> None:
    pairs = coordinator.page.locator("section[aria-labelledby^=kind-]")
    none = coordinator.main().get_by_role("heading", name=coordinator.word("No good pair"))
    expect(pairs.first.or_(none)).to_be_visible()


def choose_a_route_without_a_reason(coordinator: Reader) -> None:
    form = coordinator.page.locator("#decision")
    round_, advice = form.locator("#round_id"), form.locator("#advice")
    expect(round_).to_be_hidden()
    form.get_by_label(coordinator.word("MINNO project"), exact=True).check()
    expect(round_).to_be_visible()
    expect(advice).to_be_hidden()
    round_.select_option(index=1)
    form.locator("#representative").fill("perehdytyksestä vastaava hoitaja")
    form.locator("#criterion_feasible").select_option("yes")
    form.locator("#criterion_fits_round").select_option("partly")
    coordinator.press("Choose the route")
    coordinator.check(422)
    missing = coordinator.word("Give the reason for the route.")
    expect(coordinator.page.locator("#reason-error")).to_have_text(missing)


def choose_it_with_a_reason(coordinator: Reader) -> None:
    coordinator.page.locator("#reason").fill(REASON)
    coordinator.press("Choose the route")
    coordinator.check()
    chosen = "The route is chosen. Read the draft of the answer and send it."
    expect(coordinator.main().get_by_text(coordinator.word(chosen))).to_be_visible()


def edit_the_draft_and_send_it(coordinator: Reader) -> None:
    draft = coordinator.page.locator("#text_fi")
    written = draft.input_value()
    for words in (TITLE, REASON, "MINNO"):
        assert words in written
    draft.fill(f"{written}\n\n{ADDED}")
    coordinator.press("Send the answer")
    coordinator.check()
    sent = "The answer is on its way to the senders."
    expect(coordinator.main().get_by_text(coordinator.word(sent))).to_be_visible()


def read_the_answer_and_name_a_representative(partner: Reader, address: str) -> None:
    partner.page.goto(address)
    expect(partner.page.locator("section[aria-labelledby=way]")).to_contain_text(ADDED)
    partner.check()
    partner.follow("Name your representative")
    partner.check()
    partner.control("Name").fill(REPRESENTATIVE)
    partner.control("E-mail").fill("eija@county.example")
    partner.press("Send the link")
    expect(partner.main().get_by_role("heading", name=REPRESENTATIVE)).to_be_visible()
    partner.check()


def accept_with_one_click(representative: Reader, path: str) -> None:
    representative.page.goto(path)
    expect(representative.main()).to_contain_text(TITLE)
    representative.check()
    representative.press("I accept")
    thanks = representative.word("Thank you! The work can begin. You will hear from us soon.")
    expect(representative.main().get_by_text(thanks)).to_be_visible()
    expect(representative.main().get_by_role("button")).to_have_count(0)
    representative.check()


def read_who_did_what_and_why(coordinator: Reader) -> None:
    coordinator.page.goto("/coordination/log")
    rows = coordinator.main().get_by_role("row")
    for who, what in (
        ("The community's representative", "accepted a part in the work"),
        ("Kaisa Koordinaattori", "sent an answer: work begins"),
        ("Kaisa Koordinaattori", "decided on a route"),
    ):
        row = rows.filter(has_text=coordinator.word(what)).first
        expect(row).to_contain_text(coordinator.word(who))
    coordinator.check()
    decided = rows.filter(has_text=coordinator.word("decided on a route")).first
    decided.get_by_role("link").click()
    expect(coordinator.page.locator("section[aria-labelledby=way]")).to_contain_text(REASON)
    expect(coordinator.main()).to_contain_text(REPRESENTATIVE)
    coordinator.check()


def clear_away(partner: Reader, address: str) -> None:
    """Leave the bank to other tests with nothing more to do."""
    partner.page.goto(f"{address}/close")
    partner.page.locator("input[name=reason][value=other]").check()
    with partner.page.expect_navigation():
        partner.page.locator("#main button[type=submit]").first.click()
