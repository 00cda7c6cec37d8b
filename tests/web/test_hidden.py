"""Hidden means hidden: with or without a confidential posting, others get the same bytes.

Two banks are equal in all but what is hidden from the reader. Every page, search and comparison
must then answer the two alike, byte for byte, tokens and the reader's own times aside.
"""

import itertools
import re
import shutil
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy.orm import Session

from needsbank import jobs
from needsbank.app import create_app
from needsbank.db.base import make_engine
from needsbank.db.models import (
    Capture,
    Competence,
    Event,
    Journey,
    MailRequest,
    Need,
    Organisation,
    PairJudgement,
    PriorWork,
    Result,
    Sketch,
    Source,
    Subject,
    UnitLink,
    User,
)
from needsbank.db.transaction import transaction
from needsbank.domain.competences import CompetenceKind, CompetenceState
from needsbank.domain.journeys import Stage
from needsbank.domain.needs import CloseReason, DescribeNeed, NeedState
from needsbank.domain.roles import Role
from needsbank.domain.suggestions import SuggestionState
from needsbank.domain.verdicts import PairVerdict
from needsbank.domain.visibility import Visibility
from needsbank.services import needs
from needsbank.services.journeys_of_needs import journey_of
from needsbank.services.reading import fingerprint
from needsbank.services.retrieval import Retrieval
from needsbank.web.policy import POLICY
from tests.conftest import browser, dispose
from tests.factories import (
    add_adoption,
    add_capture,
    add_catalogue,
    add_collaboration,
    add_competence,
    add_event,
    add_harvest,
    add_journey,
    add_mail_request,
    add_need,
    add_organisation,
    add_prior_work,
    add_reference,
    add_result,
    add_sketch,
    add_suggestion,
    add_support,
    add_unit_link,
    add_user,
    day,
)
from tests.pages import sign_in, token_of

SHOWN: dict[str, Any] = {
    "title": "Substitutes cannot find keys",
    "problem": "Home care workers lose an hour a day looking for keys of customers.",
}
SECRET = {
    "title": "Zirconium prototype of the merger",
    "problem": "The merger of Northwind and Southwind needs a zirconium prototype in secret.",
}
OFFERED = {
    "title": "Key logistics",
    "description": "Student team that designs how keys of home care customers are kept.",
}
DONE = {"title": "Keys of customers", "description": "A project on keys in home care."}
SECRET_DONE = {"title": "Zirconium keys", "description": "Keys of customers made of zirconium."}
SECRET_OFFER = {
    "title": "Zirconium laboratory",
    "description": "A laboratory for zirconium prototypes that nobody may know of.",
}


@pytest.fixture
def host(session):
    """The organisation behind the hidden postings."""
    return add_organisation(session, "Northern County")


@pytest.fixture
def author(session, host):
    return add_user(session, Role.PARTNER, Role.MEMBER, Role.COMPANY, organisation=host)


@pytest.fixture
def readers(session, host):
    """Those from whom it is hidden; the observer is of the very organisation."""
    found = {
        role.value: add_user(session, role, email=f"{role.value}@bank.example")
        for role in (Role.PARTNER, Role.MEMBER, Role.COMPANY, Role.AMBASSADOR, Role.ADMIN)
    }
    found["observer"] = add_user(session, Role.OBSERVER, organisation=host)
    add_need(session, found["partner"], **SHOWN, created=day(1), opened=day(1))
    add_competence(session, found["member"], **OFFERED, created=day(1))
    return {"nobody": None, **found}


@pytest.fixture
def bank(session, author, readers, host):
    """What everybody sees, on its way in every state."""
    for state in (NeedState.OPEN, NeedState.AGREED, NeedState.CLOSED):
        add_need(session, author, **SHOWN, state=state, created=day(2), opened=day(2))
    for kind in CompetenceKind:
        add_competence(session, author, **OFFERED, kind=kind, created=day(2))
    for number in range(3):
        add_prior_work(
            session, title="Keys of home care", abstract=SHOWN["problem"], created=day(number)
        )
    source = add_catalogue(session, name="tests", address="https://works.example/a.csv")
    add_harvest(session, source, started=day(1), finished=day(1), added=3)
    need = session.query(Need).filter_by(author_id=readers["partner"].id).one()
    competence = session.query(Competence).filter_by(author_id=readers["member"].id).one()
    add_reference(session, competence, **DONE)
    add_suggestion(session, need, competence, state=SuggestionState.APPROVED, updated=day(3))
    closed = session.query(Need).filter_by(state=NeedState.CLOSED).one()
    closed.close_reason = CloseReason.SOLVED
    add_journey(session, need, Stage.AWAITING_PARTNER, since=day(3), created=day(3))
    add_support(session, need, readers["company"])
    add_support(session, need, author)
    own: dict[str, Any] = {"state": NeedState.CLOSED, "close_reason": CloseReason.ADOPTED}
    adopted = add_need(session, readers["partner"], **SHOWN, **own, created=day(4), opened=day(4))
    add_adoption(session, adopted, closed, at=day(4))
    adopted = add_need(session, author, **SHOWN, **own, created=day(4), opened=day(4))
    add_adoption(session, adopted, session.query(PriorWork).first(), at=day(4))
    add_unit_link(session, host.units[0])
    holder = readers["ambassador"].id
    for stage in (Stage.THROWN, Stage.CAUGHT):
        idea = add_capture(session, host.units[0], stage, text=SHOWN["problem"], created=day(3))
        add_mail_request(session, idea)
        idea.journey.holder_id = holder if stage is Stage.CAUGHT else None
    session.commit()
    add_result(session, add_need(session, author, **SHOWN, created=day(4)), offered=day(5))
    add_event(session)
    add_sketch(session, session.query(Need).order_by(Need.id).limit(3).all())
    return {**readers, "coordinator": add_user(session, Role.COORDINATOR, organisation=host)}


def hide(session, author):
    """Add what is hidden: unlike anything, and nearly the same as what is shown."""
    return [
        *_hidden_at(session, author, Visibility.COORDINATORS),
        *_hidden_at(session, author, Visibility.ORGANISATION),
    ]


def act_on(session, hidden, coordinator, partner):
    """Have the hidden joined, judged and adopted, and what is shown adopted by the hidden."""
    shown = session.query(Need).filter_by(author_id=partner.id).order_by(Need.created).first()
    solved = session.query(Need).filter_by(close_reason=CloseReason.SOLVED).first()
    works = session.query(PriorWork).all()
    verdicts = itertools.cycle(PairVerdict)
    for need in (each for each in hidden if isinstance(each, Need)):
        add_support(session, need, partner, note=SECRET["problem"])
        if journey_of(session, need) is None:
            add_journey(session, need, Stage.AWAITING_PARTNER)
        if need.state is NeedState.CLOSED:
            need.close_reason = CloseReason.ADOPTED
            add_adoption(session, need, next(iter(works)))
            continue
        add_adoption(session, need, solved)
        for one, other in ((shown, need), (need, shown)):
            row = PairJudgement(
                judged_by_id=coordinator.id,
                need_id=one.id,
                subject=Subject.NEED,
                other_id=other.id,
                verdict=next(verdicts),
                need_fingerprint=fingerprint(one),
                other_fingerprint=fingerprint(other),
                rank_seen=1,
                probability=0.9,
                matcher_version="m",
            )
            session.add(row)
    session.commit()


def _hidden_at(session, author, level):
    secret = add_need(session, author, **SECRET, visibility=level)
    secret_offer = add_competence(session, author, **SECRET_OFFER, visibility=level)
    for done in (DONE, SHOWN, SECRET_DONE):
        text = done.get("description") or done["problem"]
        add_reference(session, secret_offer, title=done["title"], description=text)
    add_suggestion(session, secret, secret_offer, state=SuggestionState.APPROVED)
    agreed = add_need(session, author, **SECRET, visibility=level, state=NeedState.AGREED)
    add_collaboration(session, agreed, target_change=SECRET["problem"])
    closed = add_need(session, author, **SECRET, visibility=level, state=NeedState.CLOSED)
    add_result(session, closed, title=SECRET["title"], summary=SECRET["problem"])
    return [
        secret,
        add_need(session, author, **SHOWN, visibility=level),
        agreed,
        closed,
        add_need(session, author, **SECRET, state=NeedState.DRAFT),
        add_need(session, author, **SHOWN, state=NeedState.WITHDRAWN),
        secret_offer,
        add_competence(session, author, **OFFERED, visibility=level),
        add_competence(session, author, **OFFERED, visibility=level, state=CompetenceState.CLOSED),
        add_competence(session, author, **SECRET_OFFER, state=CompetenceState.DRAFT),
    ]


def take_back(session, author, withdrawn, narrowed):
    """Hide two needs that everybody could read, and that every index has seen."""
    with transaction(session):
        needs.withdraw_need(session, author.actor, withdrawn.id)
        command = DescribeNeed(
            **SHOWN, unit_id=narrowed.unit_id, visibility=Visibility.COORDINATORS
        )
        needs.change_need(session, author.actor, narrowed.id, command)
    return [withdrawn, narrowed]


class Bank:
    """A bank with its app, all its background work done."""

    def __init__(self, settings, matcher, detector, name, source):
        instance = settings.instance / name
        instance.mkdir()
        shutil.copyfile(source, instance / "bank.db")
        self.settings = replace(
            settings, instance=instance, database_url=f"sqlite:///{instance / 'bank.db'}"
        )
        self.engine = make_engine(self.settings.database_url)
        self.retrieval = Retrieval(matcher, detector, instance / "index")
        self.app = create_app(self.settings, self.retrieval)

    def work(self):
        """Do everything, several times, so that nothing is on its way."""
        for _ in range(2):
            for subject in Subject:
                jobs.embed_pending(self.engine, self.retrieval, subject)
            jobs.suggest_pending(self.engine, self.retrieval)
            jobs.find_missing_evidence(self.engine, self.retrieval)

    def reader(self, user):
        client = browser(self.app)
        if user is not None:
            with Session(self.engine, expire_on_commit=False) as session:
                sign_in(client, session, session.get_one(User, user.id))
        return client

    def close(self):
        dispose(self.app)
        self.engine.dispose()


@pytest.fixture
def banks(session, engine, settings, bank, author, fake_matcher, fake_detector):
    """Return a bank without hidden postings, one with them, and the hidden."""
    path = settings.instance / "bank.db"
    with engine.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    made = [Bank(settings, fake_matcher, fake_detector, name, path) for name in ("plain", "full")]
    plain, full = made
    with Session(full.engine, expire_on_commit=False) as own:
        poster = own.get_one(User, author.id)
        once_public = [add_need(own, poster, **SECRET), add_need(own, poster, **SHOWN)]
        full.work()
        hidden = [*hide(own, poster), *take_back(own, poster, *once_public)]
        coordinator, partner = (
            own.get_one(User, bank[who].id) for who in ("coordinator", "partner")
        )
        act_on(own, hidden, coordinator, partner)
    for each in made:
        each.work()
    yield plain, full, hidden
    for each in made:
        each.close()


TEXTS = (
    SECRET["title"],
    SECRET["problem"],
    SECRET_OFFER["title"],
    SECRET_OFFER["description"],
    SHOWN["title"],
    f"{SHOWN['title']} {SHOWN['problem']}",
    OFFERED["description"],
    DONE["title"],
    SECRET_DONE["description"],
    "keys",
)


def addresses(session):
    """Return every address that a reader could read, hidden ones aside."""
    lists = ("/needs/", "/competences/", "/prior-works/")
    found = ["/", "/about", "/organisations/", "/search", "/pairings/", "/my", "/account"]
    found += ["/account/mail", "/account/calendars"]
    found += ["/workshops/"]
    found += lists
    found += [f"{each}?ended=1" for each in lists]
    found += [f"{each}?page={number}" for each in lists for number in (2, 3)]
    found += [f"{each}?q={quote(text)}&ended=1" for each in lists for text in TEXTS]
    found += [f"/search?q={quote(text)}" for text in TEXTS]
    found += [f"/needs/?sector=wellbeing_county&language={code}" for code in ("en", "fi")]
    found += [f"/competences/?kind={kind.value}" for kind in CompetenceKind]
    found += [f"/organisations/{row.id}" for row in session.query(Organisation)]
    needs = session.query(Need).all()
    for need in needs:
        found += [f"/needs/{need.id}", f"/needs/{need.id}/status", f"/needs/{need.id}/edit"]
        found += [f"/needs/{need.id}/support"]
        found += [f"/needs/{need.id}/similar/need/{needs[0].id}{end}" for end in ("", "?first=1")]
        found += [f"/needs/{need.id}/adopt/need/{other.id}" for other in needs]
    for work in session.query(PriorWork):
        found += [f"/prior-works/{work.id}", f"/needs/{needs[0].id}/adopt/prior_work/{work.id}"]
    for competence in session.query(Competence):
        found += [f"/competences/{competence.id}", f"/competences/{competence.id}/edit"]
    for result in session.query(Result):
        found += [f"/results/{result.id}", f"/collaborations/{result.collaboration_id}"]
        own = (
            "goal",
            "invite",
            "unclear",
            "agreement",
            "result",
            "receipt",
            "feedback",
            "break-off",
        )
        found += [f"/collaborations/{result.collaboration_id}/{page}" for page in own]
    found += ["/collaborations/questions/", "/events/new", "/coordination/sketches/new"]
    for event in session.query(Event):
        found += [f"/events/{event.id}{page}" for page in ("", "/edit", "/event.ics")]
    for sketch in session.query(Sketch):
        found += [f"/coordination/sketches/{sketch.id}{page}" for page in ("", "/edit")]
    found += ["/results/", "/lessons/", "/lessons/?q=zirconium", "/events/", "/collaborations/"]
    found += ["/coordination/in-use", "/coordination/sketches/", "/events/calendar.ics"]
    for source in session.query(Source):
        pages = ("", "/progress", "/edit", "/files/new")
        found += [f"/sources/{source.id}{page}" for page in pages]
    found += ["/sources/", "/sources/new"]
    for journey in session.query(Journey):
        found += [f"/matters/{journey.id}/representative", f"/coordination/matters/{journey.id}"]
        found += [f"/coordination/matters/{journey.id}/answer"]
    found += ["/coordination/matters/", "/journey"]
    for link in session.query(UnitLink):
        found += [f"/i/{link.code}", f"/unit-links/units/{link.unit_id}/poster"]
        found += [f"/unit-links/{link.unit.organisation_id}"]
    for idea in session.query(Capture):
        found += [f"/follow/{idea.follow_code}", f"/ideas/{idea.id}", f"/ideas/{idea.id}/word"]
    found += [f"/follow/mail/{asked.code}" for asked in session.query(MailRequest)]
    found += ["/ideas/", "/ideas/rules/"]
    return [*found, "/needs/new", "/competences/new", "/coordination/", "/coordination/log"]


def answer(response):
    """Return everything of a response that may not differ, tokens and times aside."""
    body = response.get_data(as_text=True)
    body = re.sub(r'name="csrf_token"( type="hidden")? value="[^"]+"', "a token", body)
    body = re.sub(r'name="key" type="hidden" value="[^"]+"', "a key", body)
    body = re.sub(r"last used [^<]+", "a time", body)
    headers = sorted(
        (n, v) for n, v in response.headers if n not in {"Set-Cookie", "Content-Length"}
    )
    response.close()
    return response.status_code, headers, body


NOWHERE = "00000000-0000-4000-8000-000000000000"
WHO = ("nobody", "partner", "member", "company", "ambassador", "admin", "observer")


def test_every_page_is_the_same_with_and_without_hidden_postings(banks, bank, session):
    plain, full, _hidden = banks
    for who in WHO:
        one, other = plain.reader(bank[who]), full.reader(bank[who])
        for address in addresses(session):
            assert answer(one.get(address)) == answer(other.get(address)), (who, address)


def test_parts_of_pages_are_the_same_too(banks, bank, session):
    plain, full, _hidden = banks
    for who in ("nobody", "partner"):
        one, other = plain.reader(bank[who]), full.reader(bank[who])
        for need in session.query(Need):
            for part in ("", "/status"):
                address, asked = f"/needs/{need.id}{part}", {"HX-Request": "true"}
                first, second = (c.get(address, headers=asked) for c in (one, other))
                assert answer(first) == answer(second), (who, address)


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_writing_a_hidden_text_finds_the_same_with_and_without_it(banks, bank, headers):
    plain, full, hidden = banks
    nearly_shown = hidden[1]
    for who in ("partner", "member", "admin", "observer"):
        readers = [each.reader(bank[who]) for each in (plain, full)]
        tokens = [token_of(client) for client in readers]
        for text in TEXTS:
            for besides in ("", str(nearly_shown.id)):
                said = {"title": text, "problem": text, "besides": besides}
                one, other = (
                    client.post(
                        "/needs/similar", data={"csrf_token": token, **said}, headers=headers
                    )
                    for client, token in zip(readers, tokens, strict=True)
                )
                assert one.status_code == 200
                assert answer(one) == answer(other), (who, text)


def test_a_hidden_posting_is_answered_like_one_that_never_was(banks, bank):
    _plain, full, hidden = banks
    for who in WHO:
        client = full.reader(bank[who])
        for row in hidden:
            kind = "needs" if isinstance(row, Need) else "competences"
            uses = ("", "/edit", *(("/status", "/close") if kind == "needs" else ()))
            for use in uses:
                address = f"/{kind}/{row.id}{use}"
                nothing = address.replace(str(row.id), NOWHERE)
                got, like = answer(client.get(address)), answer(client.get(nothing))
                assert repr(got).replace(str(row.id), NOWHERE) == repr(like), (who, address)


def test_the_journey_of_a_hidden_need_is_answered_like_one_that_never_was(banks, bank):
    _plain, full, _hidden = banks
    with Session(full.engine) as own:
        hidden = [
            journey.id
            for journey in own.query(Journey)
            if journey.need and journey.need.visibility is not Visibility.PUBLIC
        ]
    assert hidden
    for who in WHO:
        client = full.reader(bank[who])
        for journey_id in hidden:
            for use in ("/matters/{}/representative", "/coordination/matters/{}/answer"):
                got = answer(client.get(use.format(journey_id)))
                like = answer(client.get(use.format(NOWHERE)))
                assert repr(got).replace(str(journey_id), NOWHERE) == repr(like), (who, use)


def test_a_hidden_need_cannot_be_compared_with(banks, bank, session):
    _plain, full, hidden = banks
    (own, *_) = session.query(Need).all()
    for who in WHO[1:]:
        client = full.reader(bank[who])
        token = token_of(client)
        said = {"csrf_token": token, "title": TEXTS[0], "problem": TEXTS[0]}
        for row in hidden:
            if isinstance(row, Need):
                for place in ("/needs", f"/needs/{own.id}"):
                    address = f"{place}/similar/need/{row.id}"
                    nothing = address.replace(str(row.id), NOWHERE)
                    if place == "/needs":
                        got = answer(client.post(address, data=said))
                        like = answer(client.post(nothing, data=said))
                    else:
                        got, like = answer(client.get(address)), answer(client.get(nothing))
                    assert got[0] == 404, (who, address)
                    assert repr(got).replace(str(row.id), NOWHERE) == repr(like), (who, address)


def test_acts_on_a_hidden_posting_are_refused_as_if_it_never_was(banks, bank):
    _plain, full, hidden = banks
    acts = {
        Need: (
            *("edit", "open", "withdraw", "restore", "close"),
            *("support", "support/withdraw", "adopt/take-back"),
        ),
        Competence: ("edit", "open", "close"),
    }
    for who in ("partner", "member", "company", "ambassador", "admin", "observer"):
        client = full.reader(bank[who])
        token = token_of(client)
        for row in hidden:
            kind = "needs" if isinstance(row, Need) else "competences"
            for act in acts[type(row)]:
                response = client.post(f"/{kind}/{row.id}/{act}", data={"csrf_token": token})
                assert response.status_code == 404, (who, kind, act)


def test_a_hidden_need_is_no_solution(banks, bank, session):
    """Whoever adopts something for their own need learns nothing of what is hidden."""
    _plain, full, hidden = banks
    own = session.query(Need).filter_by(author_id=bank["partner"].id).first()
    client = full.reader(bank["partner"])
    token = token_of(client)
    for row in hidden:
        address = f"/needs/{own.id}/adopt/need/{row.id}"
        for got in (client.get(address), client.post(address, data={"csrf_token": token})):
            assert got.status_code == 404, address


def test_whoever_may_read_it_finds_it(banks, bank, author):
    """The comparison would be worth nothing if the hidden could not be found at all."""
    _plain, full, _hidden = banks
    client = full.reader(author)
    for address in (f"/search?q={quote(SECRET['title'])}", "/needs/?ended=1", "/my"):
        assert SECRET["title"] in client.get(address).get_data(as_text=True)
    assert SECRET_OFFER["title"] in client.get("/competences/").get_data(as_text=True)
    with Session(full.engine) as session:
        secret = session.query(Competence).filter_by(**SECRET_OFFER, state=CompetenceState.OPEN)
        address = f"/competences/{secret[0].id}"
    assert SECRET_DONE["title"] in client.get(address).get_data(as_text=True)


def test_every_readable_route_is_compared(app, session, bank):
    """A new route must be added to the comparison, or told here why not."""
    compared = {
        app.url_map.bind("localhost").match(address.split("?")[0])[0]
        for address in addresses(session)
    }
    with_get = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set()) and rule.endpoint in POLICY
    }
    assert with_get - compared == {
        # About nothing that could be hidden.
        "static",
        "front.favicon",
        "front.health",
        "front.choose_language",
        "throwing.token",
        "throwing.worker",
        "administration.matcher",
        "security.login",
        "security.change_password",
        "organisations.new",
        "organisations.edit",
        # About messages, which name nothing that is posted.
        "messages.listed",
        "webhooks.listed",
        "mail.stopping",
        # By a secret address alone; what each part of the bank gives is tested with it.
        "calendars.read",
        # For whoever has the secret link; another link finds nothing.
        "representatives.invited",
        "adoption_ledger.ask",
        # By the key of a file or a question, which is looked up with the reader's rights.
        "shared_files.fetch",
        "results.fetch",
        "collaborations.answering",
        # Refused by role or side before anything is looked up; the policy's tests try them.
        "needs.closing",
        "uploads.show",
        "pairings.show",
        "coordination.need",
        "coordination.suggestion",
        "duplicates.listed",
        "merges.listed",
        "merges.new",
        "merges.show",
        "merges.objecting",
        # About workshops, which tell of no posting but the challenge that came of them.
        "workshops.new",
        "workshops.show",
        "workshops.calendar",
        "workshops.sheet",
        "workshop_times.planning",
        "workshop_times.moving",
        "workshop_times.calling_off",
        "workshop_times.cancelling",
        # What is known of a group: `test_boards` holds it against a hidden need.
        "boards.show",
        "taking_part.show",
    }
