"""Rows with sensible defaults; each is committed, so that other connections see it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from secrets import token_urlsafe
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from needsbank.db.models import (
    Adoption,
    Capture,
    Competence,
    Harvest,
    Journey,
    JourneyStep,
    Membership,
    Merge,
    MergeSource,
    Need,
    Organisation,
    PriorWork,
    Reference,
    Source,
    Subject,
    Suggestion,
    Support,
    Unit,
    User,
)
from needsbank.domain.clock import now, today
from needsbank.domain.competences import CompetenceKind, CompetenceState
from needsbank.domain.journeys import Stage
from needsbank.domain.languages import Language
from needsbank.domain.licences import Licence
from needsbank.domain.merging import TIME_TO_OBJECT
from needsbank.domain.needs import DescribeNeed, NeedState
from needsbank.domain.organisations import Region, Sector
from needsbank.domain.prior_works import PriorWorkKind
from needsbank.domain.references import ReferenceKind
from needsbank.domain.roles import POSTS_COMPETENCES, POSTS_NEEDS, Role
from needsbank.domain.route_decisions import (
    Assessment,
    Criterion,
    DecideAdopt,
    DecideAdvise,
    DecideDecline,
    DecideMinno,
    DecidePark,
    DecideProject,
    DecideRefer,
    DecideRoute,
    DecideService,
    DecideThesis,
)
from needsbank.domain.routes import Route
from needsbank.domain.sources import HarvestState, SourceKind, TrustTier
from needsbank.domain.suggestions import SuggestionState
from needsbank.domain.verdicts import JudgePair, PairVerdict
from needsbank.domain.visibility import Visibility
from needsbank.services.reading import fingerprint

PASSWORD = "a password of tests"
# Argon2id with the least work that it allows: a test signs in often.
PASSWORD_HASH = (
    "$argon2id$v=19$m=8,t=1,p=1$35ogbgLRtBg9K9A5UFCMdw$HVRgFBhe8gkzv/ZGRA002FWw7gyqmig9nMRA/jjw13g"
)

_numbers = count(1)


def _stored(session: Session, row: Any) -> Any:
    session.add(row)
    session.commit()
    return row


def add_organisation(session: Session, name: str = "", **values: Any) -> Organisation:
    """Add an organisation with one unit of its own name."""
    name = name or f"Organisation {next(_numbers)}"
    values = {"sector": Sector.WELLBEING_COUNTY, "region": Region.PIRKANMAA, **values}
    organisation = Organisation(name=name, units=[Unit(name=name)], **values)
    stored: Organisation = _stored(session, organisation)
    return stored


def add_unit(
    session: Session, organisation: Organisation, name: str, parent: Unit | None = None
) -> Unit:
    stored: Unit = _stored(
        session,
        Unit(
            organisation_id=organisation.id,
            name=name,
            parent_id=None if parent is None else parent.id,
        ),
    )
    return stored


def add_user(
    session: Session,
    *roles: Role,
    organisation: Organisation | None = None,
    email: str = "",
    **values: Any,
) -> User:
    """Add a person with roles in an organisation, by default one of their own."""
    number = next(_numbers)
    user = User(
        email=email or f"person{number}@bank.example",
        **{
            "name": f"Person {number}",
            "password": PASSWORD_HASH,
            "language": Language.EN,
            **values,
        },
    )
    if roles:
        organisation = organisation or add_organisation(session)
        user.memberships = [Membership(organisation_id=organisation.id, role=r) for r in roles]
    stored: User = _stored(session, user)
    return stored


def organisation_id_of(user: User) -> UUID:
    """Return the organisation of a person of one organisation."""
    (only,) = {membership.organisation_id for membership in user.memberships}
    return only


def unit_id_of(session: Session, user: User) -> UUID:
    """Return the first unit of a person's organisation."""
    return session.get_one(Organisation, organisation_id_of(user)).units[0].id


def _poster(session: Session, author: User | None, wanted: frozenset[Role]) -> User:
    return author or add_user(session, min(wanted, key=lambda role: role.value))


def add_need(session: Session, author: User | None = None, **values: Any) -> Need:
    """Add an open public need."""
    author = _poster(session, author, POSTS_NEEDS)
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "title": f"Need {number}",
        "problem": f"Trolleys squeak in corridor {number}.",
        "language": Language.EN,
        "visibility": Visibility.PUBLIC,
        "state": NeedState.OPEN,
        "opened": now(),
        "organisation_id": organisation_id_of(author),
        "unit_id": unit_id_of(session, author),
    }
    stored: Need = _stored(session, Need(author_id=author.id, **{**defaults, **values}))
    return stored


def add_challenge(session: Session, sources: Sequence[Need] = (), **values: Any) -> Need:
    """Merge needs, or two new ones, into a challenge; return it."""
    chosen = list(sources) or [add_need(session), add_need(session)]
    challenge = add_need(session, chosen[0].author, **values)
    coordinator = add_user(session, Role.COORDINATOR)
    merge = Merge(
        challenge_id=challenge.id,
        merged_by_id=coordinator.id,
        object_by=now() + TIME_TO_OBJECT,
        sources=[MergeSource(need_id=need.id) for need in chosen],
    )
    _stored(session, merge)
    return challenge


def add_competence(session: Session, author: User | None = None, **values: Any) -> Competence:
    """Add an open public competence of a student team."""
    author = _poster(session, author, POSTS_COMPETENCES)
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "kind": CompetenceKind.STUDENT_TEAM,
        "title": f"Competence {number}",
        "description": f"We can do something ({number}).",
        "language": Language.EN,
        "visibility": Visibility.PUBLIC,
        "state": CompetenceState.OPEN,
        "organisation_id": organisation_id_of(author),
        "unit_id": unit_id_of(session, author),
    }
    stored: Competence = _stored(session, Competence(author_id=author.id, **{**defaults, **values}))
    return stored


def add_reference(session: Session, competence: Competence, **values: Any) -> Reference:
    """Add a project that a competence has done."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "kind": ReferenceKind.PROJECT,
        "title": f"Project {number}",
        "language": Language.EN,
        "position": number,
    }
    stored: Reference = _stored(
        session, Reference(competence_id=competence.id, **{**defaults, **values})
    )
    return stored


def add_prior_work(session: Session, **values: Any) -> PriorWork:
    """Add a thesis."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "source": "tests",
        "source_key": f"work-{number}",
        "title": f"Work {number}",
        "abstract": "",
        "kind": PriorWorkKind.THESIS,
        "language": Language.EN,
        "subjects": [],
    }
    stored: PriorWork = _stored(session, PriorWork(**{**defaults, **values}))
    return stored


def add_source(session: Session, **values: Any) -> Source:
    """Add a repository of theses that is harvested when asked."""
    defaults: dict[str, Any] = {
        "name": f"Source {next(_numbers)}",
        "kind": SourceKind.OAI_PMH,
        "address": "https://repo.example/oai",
        "prefix": "oai_dc",
        "licence": Licence.CC0,
        "trust": TrustTier.CURATED,
    }
    stored: Source = _stored(session, Source(**{**defaults, **values}))
    return stored


def add_catalogue(session: Session, **values: Any) -> Source:
    """Add a catalogue that people bring as files."""
    kind = {"kind": SourceKind.CATALOGUE, "address": "", "prefix": "", "licence": Licence.CC_BY}
    return add_source(session, **{**kind, **values})


def add_harvest(session: Session, source: Source, **values: Any) -> Harvest:
    """Add a harvest that ended well."""
    defaults: dict[str, Any] = {"full": True, "state": HarvestState.COMPLETE, "finished": now()}
    stored: Harvest = _stored(session, Harvest(source_id=source.id, **{**defaults, **values}))
    return stored


def add_suggestion(
    session: Session,
    need: Need | None = None,
    competence: Competence | None = None,
    **values: Any,
) -> Suggestion:
    """Add a proposed pairing of a need and a competence."""
    need = need or add_need(session)
    competence = competence or add_competence(session)
    defaults: dict[str, Any] = {
        "rank": 1,
        "score": 0.75,
        "band": "good",
        "parts": [
            {"name": "meaning", "value": 0.8, "contribution": 0.5},
            {"name": "words", "value": 0.4, "contribution": 0.25},
        ],
        "evidence": [],
        "matcher_version": "m-test",
        "state": SuggestionState.PROPOSED,
    }
    row = Suggestion(need_id=need.id, competence_id=competence.id, **{**defaults, **values})
    stored: Suggestion = _stored(session, row)
    return stored


def add_support(
    session: Session, need: Need | None = None, supporter: User | None = None, **values: Any
) -> Support:
    """Add a voice for a need, by default of somebody in an organisation of their own."""
    need = need or add_need(session)
    supporter = supporter or add_user(session, Role.PARTNER)
    values = {"unit_id": unit_id_of(session, supporter), **values}
    stored: Support = _stored(
        session, Support(need_id=need.id, supporter_id=supporter.id, **values)
    )
    return stored


def add_adoption(
    session: Session, need: Need, solution: Need | PriorWork, **values: Any
) -> Adoption:
    """Add what was taken into use for a need, by its author."""
    subject = Subject.NEED if isinstance(solution, Need) else Subject.PRIOR_WORK
    defaults = {"adopted_by_id": need.author_id, "unit_id": need.unit_id}
    row = Adoption(
        need_id=need.id, subject=subject, solution_id=solution.id, **{**defaults, **values}
    )
    stored: Adoption = _stored(session, row)
    return stored


def describing(session: Session, author: User, **values: Any) -> DescribeNeed:
    """Return the command that posts a need for the author's first unit."""
    defaults: dict[str, Any] = {
        "title": "Keys get lost",
        "problem": "Substitutes cannot find the keys of the homes that they visit.",
        "unit_id": unit_id_of(session, author),
    }
    return DescribeNeed(**{**defaults, **values})


def judging(need: Need, other: Need | PriorWork, verdict: PairVerdict) -> JudgePair:
    """Return the command that judges a found text by what both say now."""
    return JudgePair(
        verdict=verdict,
        rank=1,
        probability=0.5,
        matcher_version="m",
        need_seen=fingerprint(need),
        other_seen=fingerprint(other),
    )


def reread(session: Session, row: Any) -> Any:
    """Bring a row up to what the database holds now."""
    session.rollback()
    session.refresh(row)
    return row


def day(number: int) -> datetime:
    """Return a moment; a greater number is later."""
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


def add_journey(
    session: Session, need: Need | None = None, stage: Stage = Stage.IN_COORDINATION, **values: Any
) -> Journey:
    """Add a need's journey, at a stage that it has reached in no particular way."""
    need = need or add_need(session)
    row = Journey(need_id=need.id, stage=stage, steps=[JourneyStep(stage=stage)], **values)
    stored: Journey = _stored(session, row)
    return stored


def add_round(session: Session, **values: Any) -> Competence:
    """Add a round of student projects that begins in a month."""
    begins = (now() + timedelta(days=30)).date()
    kind = {"kind": CompetenceKind.COURSE_ROUND, "starts_on": begins, "slots": 4}
    return add_competence(session, **{**kind, **values})


def deciding(route: Route, **values: Any) -> DecideRoute:
    """Return the command of a route, with all that it asks for but a round or a solution."""
    command, asked = _ROUTES[route]
    made: DecideRoute = command(
        **{
            "reason": "It helps many, and it can be done.",
            "criteria": {Criterion.FEASIBLE: Assessment.YES},
            "seen": Stage.IN_COORDINATION,
            **asked,
            **values,
        }
    )
    return made


_ROUTES: dict[Route, tuple[Any, dict[str, Any]]] = {
    Route.MINNO: (DecideMinno, {"round_id": None, "representative": "A team leader"}),
    Route.THESIS: (DecideThesis, {"publicity_seen": True, "secret_annex": True}),
    Route.SERVICE: (DecideService, {"starter": "The library"}),
    Route.PROJECT: (DecideProject, {"parties": "Two counties", "funding_call": "ERDF 2027"}),
    Route.ADOPT: (DecideAdopt, {"solution": None}),
    Route.ADVISE: (DecideAdvise, {"advice": "Ask the library."}),
    Route.REFER: (DecideRefer, {"refer_to": "The city's housing service"}),
    Route.PARK: (DecidePark, {"returns_on": today() + timedelta(days=90)}),
    Route.DECLINE: (DecideDecline, {}),
}


def add_capture(
    session: Session, unit: Unit | None = None, stage: Stage = Stage.THROWN, **values: Any
) -> Capture:
    """Add an idea on its own journey, at a stage that it has reached in no particular way."""
    unit = unit or add_organisation(session).units[0]
    journey = Journey(stage=stage, steps=[JourneyStep(stage=stage)])
    stored: Capture = _stored(
        session,
        Capture(
            journey=journey,
            unit_id=unit.id,
            **{
                "key": uuid4(),
                "follow_code": token_urlsafe(32),
                "text": f"Keys are hard to find {next(_numbers)}",
                "language": Language.FI,
                **values,
            },
        ),
    )
    return stored
