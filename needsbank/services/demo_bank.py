"""Loading the made-up bank: organisations, people of every role, postings, a few decisions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank.db.models import (
    Competence,
    Membership,
    Need,
    Organisation,
    Reference,
    Suggestion,
    Unit,
    User,
)
from needsbank.domain.clock import now
from needsbank.domain.competences import CompetenceKind, CompetenceState
from needsbank.domain.fields import Field
from needsbank.domain.languages import Language
from needsbank.domain.needs import NeedState, Scope
from needsbank.domain.organisations import Region, Sector
from needsbank.domain.prior_works import parse_prior_work
from needsbank.domain.references import ReferenceKind
from needsbank.domain.roles import ANONYMOUS, Role
from needsbank.domain.suggestions import (
    AnswerSuggestion,
    DecideSuggestion,
    Side,
    SuggestionState,
    Verdict,
)
from needsbank.domain.visibility import Visibility
from needsbank.services.deciding import answer, decide
from needsbank.services.demo_decisions import decide_on_some
from needsbank.services.demo_ideas import throw_demo_ideas
from needsbank.services.importing import record_prior_works
from needsbank.services.journeys_of_needs import journey_to_move

PASSWORD = "tarvepankki-demo"  # noqa: S105 -- a demo bank is open to whoever runs it
_NAMESPACE = UUID("3f3b1f0e-6a0f-4c8e-9d4b-8f6c1b1d2a77")
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Account:
    """A demo account: who, in which role, and in which sector."""

    email: str
    name: str
    role: Role
    sector: Sector


_COUNTY, _CAMPUS = Sector.WELLBEING_COUNTY, Sector.UNIVERSITY_APPLIED
ACCOUNTS = (
    Account("partneri@demo.example", "Pia Partneri", Role.PARTNER, _COUNTY),
    Account("jasen@demo.example", "Jari Jäsen", Role.MEMBER, _CAMPUS),
    Account("yritys@demo.example", "Yrsa Yrittäjä", Role.COMPANY, Sector.COMPANY),
    Account("lahettilas@demo.example", "Leo Lähettiläs", Role.AMBASSADOR, _CAMPUS),
    Account("koordinaattori@demo.example", "Kaisa Koordinaattori", Role.COORDINATOR, _CAMPUS),
    Account("paakoordinaattori@demo.example", "Kirsi Vastaava", Role.LEAD, _CAMPUS),
    Account("johtaja@demo.example", "Joel Johtaja", Role.OBSERVER, _COUNTY),
    Account("yllapito@demo.example", "Ylva Ylläpito", Role.ADMIN, _CAMPUS),
)


def is_empty(session: Session) -> bool:
    """Whether the bank holds nothing yet."""
    return session.scalar(select(Organisation.id).limit(1)) is None


def load_demo_bank(
    session: Session, records: Mapping[str, Iterable[Record]], password_hash: str
) -> None:
    """Store the demo bank's records and accounts; everything posted is open."""
    organisations = {each["id"]: _organisation(each) for each in records["organisations"]}
    session.add_all(organisations.values())
    authors = _people(session, organisations, password_hash)
    session.flush()  # postings name the keys of people and units
    needs = [_need(each, organisations, authors) for each in records["needs"]]
    session.add_all(needs)
    for need in needs:
        journey_to_move(session, ANONYMOUS, need)
    session.add_all(_competence(each, organisations, authors) for each in records["competences"])
    works = (
        parse_prior_work(dict(each), source="demo", latest_year=now().year + 1)
        for each in records["prior_works"]
    )
    record_prior_works(session, works)


def show_ways(session: Session) -> None:
    """Let ideas be thrown and some needs be decided on, so that every stage has something."""
    throw_demo_ideas(session)
    session.flush()
    decide_on_some(session, lambda key: uuid5(_NAMESPACE, key))


def decide_some(session: Session, pairs: Iterable[Record], most: int = 9) -> None:
    """Let the demo coordinator approve a few true pairs, so that every page has something."""
    people = {user.email: user for user in session.scalars(select(User))}
    coordinator = people["koordinaattori@demo.example"].actor
    done = 0
    for pair in pairs:
        suggestion = session.scalar(
            select(Suggestion).where(
                Suggestion.need_id == uuid5(_NAMESPACE, pair["need"]),
                Suggestion.competence_id == uuid5(_NAMESPACE, pair["competence"]),
                Suggestion.state == SuggestionState.PROPOSED,
            )
        )
        if suggestion is None or suggestion.need.state is not NeedState.OPEN:
            continue
        decide(
            session,
            coordinator,
            DecideSuggestion(
                suggestion_id=suggestion.id,
                verdict=Verdict.APPROVED,
                reason="Sama kohderyhmä, ja aikataulu sopii molemmille.",
                seen=SuggestionState.PROPOSED,
            ),
        )
        if done % 3 == 0:
            _both_accept(session, suggestion)
        done += 1
        if done == most:
            return


def _both_accept(session: Session, suggestion: Suggestion) -> None:
    for side, author in (
        (Side.NEED, suggestion.need.author),
        (Side.COMPETENCE, suggestion.competence.author),
    ):
        command = AnswerSuggestion(suggestion_id=suggestion.id, side=side, accepted=True)
        answer(session, author.actor, command)


def _organisation(record: Record) -> Organisation:
    organisation = Organisation(
        id=_key(record),
        name=record["name"],
        sector=Sector(record["sector"]),
        region=Region(record["region"]),
        business_id=record["business_id"],
        about=record["about"],
    )
    organisation.units = [
        Unit(
            id=_key(unit),
            name=unit["name"],
            parent_id=uuid5(_NAMESPACE, unit["parent"]) if unit["parent"] else None,
        )
        for unit in record["units"]
    ]
    return organisation


def _people(
    session: Session, organisations: Mapping[str, Organisation], password_hash: str
) -> dict[UUID, dict[Role, User]]:
    """Return who posts in each organisation's name: its demo account, else a silent contact."""
    posting: dict[UUID, dict[Role, User]] = {}
    for slug, organisation in organisations.items():
        contact = User(email=f"{slug}@contacts.demo.example", name=organisation.name)
        roles = {Role.PARTNER, Role.MEMBER}
        contact.memberships = [Membership(organisation=organisation, role=role) for role in roles]
        session.add(contact)
        posting[organisation.id] = dict.fromkeys(roles, contact)
    for account in ACCOUNTS:
        homes = [each for each in organisations.values() if each.sector is account.sector]
        if account.role is not Role.MEMBER:
            homes = homes[:1]  # the member teaches everywhere, so that each pairing can be tried
        user = User(email=account.email, name=account.name, password=password_hash)
        user.memberships = [Membership(organisation=home, role=account.role) for home in homes]
        session.add(user)
        for home in homes:
            if account.role in {Role.PARTNER, Role.COMPANY}:
                posting[home.id][Role.PARTNER] = user
            if account.role in {Role.MEMBER, Role.COMPANY}:
                posting[home.id][Role.MEMBER] = user
    return posting


def _need(
    record: Record,
    organisations: Mapping[str, Organisation],
    authors: Mapping[UUID, Mapping[Role, User]],
) -> Need:
    organisation = organisations[record["organisation"]]
    posted = now() - timedelta(days=record["days_ago"])
    return Need(
        id=_key(record),
        author=authors[organisation.id][Role.PARTNER],
        organisation=organisation,
        unit_id=uuid5(_NAMESPACE, record["unit"]),
        title=record["title"],
        problem=record["problem"],
        wished_change=record["wished_change"],
        who_suffers=record["who_suffers"],
        timing=record["timing"],
        place=record["place"],
        language=Language(record["language"]),
        field=Field(record["field"]),
        scope=Scope(record["scope"]),
        visibility=Visibility(record["visibility"]),
        state=NeedState.OPEN,
        created=posted,
        updated=posted,
        opened=posted,
    )


def _competence(
    record: Record,
    organisations: Mapping[str, Organisation],
    authors: Mapping[UUID, Mapping[Role, User]],
) -> Competence:
    organisation = organisations[record["organisation"]]
    posted = now() - timedelta(days=record["days_ago"])
    starts_in = record.get("starts_in_days")
    unit = record["unit"]
    return Competence(
        id=_key(record),
        kind=CompetenceKind(record["kind"]),
        author=authors[organisation.id][Role.MEMBER],
        organisation=organisation,
        unit_id=uuid5(_NAMESPACE, unit) if unit else organisation.units[0].id,
        title=record["title"],
        description=record["description"],
        language=Language(record["language"]),
        field=Field(record["field"]),
        visibility=Visibility(record["visibility"]),
        state=CompetenceState.OPEN,
        created=posted,
        updated=posted,
        slots=record.get("slots"),
        weeks=record.get("weeks"),
        ects=record.get("ects"),
        team_min=record.get("team_min"),
        team_max=record.get("team_max"),
        starts_on=None if starts_in is None else (now() + timedelta(days=starts_in)).date(),
        references=[
            Reference(
                position=place,
                kind=ReferenceKind(each["kind"]),
                title=each["title"],
                description=each.get("description", ""),
                year=each.get("year"),
                url=each.get("url", ""),
                language=Language(each.get("language", record["language"])),
            )
            for place, each in enumerate(record.get("references", ()))
        ],
    )


def _key(record: Record) -> UUID:
    return uuid5(_NAMESPACE, record["id"])
