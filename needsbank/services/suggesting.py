"""Suggestions: for each open need the best competences of each kind, for people to review.

A round that has begun suits nobody. Another region, field or language lowers a score.
"""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from matching import Match, Representation, says_enough
from needsbank.db.models import Competence, Embedding, Need, Reference, Subject, Suggestion
from needsbank.db.queries.competences import CompetenceFilter, competences_to_read
from needsbank.db.queries.merges import merged_need_ids
from needsbank.db.queries.needs import NeedFilter, needs_to_read
from needsbank.domain.clock import now
from needsbank.domain.competences import CompetenceKind, CompetenceState
from needsbank.domain.needs import NeedState
from needsbank.domain.roles import Actor
from needsbank.domain.suggestions import PAIRED, PER_KIND, SuggestionState
from needsbank.services.browsing import COMPETENCES, NEEDS, owners_by_key
from needsbank.services.embedding import stored_representation
from needsbank.services.retrieval import Retrieval
from needsbank.services.texts import document_of
from needsbank.services.traits import traits_beside

_NEEDS_NEAR_A_COMPETENCE = 100
_ENDED = {SuggestionState.REJECTED, SuggestionState.DECLINED}


def needs_to_match(session: Session, retrieval: Retrieval, limit: int) -> list[UUID]:
    """Return open needs that have vectors and that this matcher version has not looked at."""
    newest_first = select(Need.id).where(*_unmatched(retrieval)).order_by(Need.opened.desc())
    return list(session.scalars(newest_first.limit(limit)))


def count_to_match(session: Session, retrieval: Retrieval) -> int:
    """Return how many open needs this matcher version has not looked at."""
    return session.scalar(select(func.count(Need.id)).where(*_unmatched(retrieval))) or 0


def find_candidates(
    session: Session, retrieval: Retrieval, need_id: UUID
) -> list[tuple[UUID, Match]]:
    """Return the competences that suit a need, at most `PER_KIND` of each kind, with why.

    A need that names nothing suits nobody: its author is asked for more.
    """
    need = session.get(Need, need_id)
    stored = stored_representation(session, Subject.NEED, need_id, retrieval.matcher.space_id)
    if need is None or stored is None or not says_enough(document_of(need)):
        return []
    found: list[tuple[UUID, Match]] = []
    for kind in CompetenceKind:
        found += _best_of_kind(session, retrieval, need, stored[1], kind)
    return found


def store_suggestions(
    session: Session, retrieval: Retrieval, need_id: UUID, found: list[tuple[UUID, Match]]
) -> None:
    """Replace what is undecided for the need; what people have decided on stays as it was."""
    need = session.get(Need, need_id)
    if need is None or need.state is not NeedState.OPEN:
        return
    if not retrieval.set.holds(need):
        return  # changed meanwhile: what was found is about the old text
    version = retrieval.matcher.version
    kept = {s.competence_id: s for s in _suggestions(session, need_id)}
    for competence_id, match in found:
        suggestion = kept.pop(competence_id, None)
        if suggestion is None:
            suggestion = Suggestion(need_id=need_id, competence_id=competence_id)
            session.add(suggestion)
        elif suggestion.state is not SuggestionState.PROPOSED:
            continue
        _describe(suggestion, match, version)
    for dropped in kept.values():
        if dropped.state is SuggestionState.PROPOSED and not dropped.decisions:
            session.delete(dropped)
    need.matched_with = version


def look_again_near(
    session: Session, retrieval: Retrieval, subject: Subject, owner_id: UUID
) -> None:
    """Have the needs matched again that a new or changed text of a competence might suit.

    The text is the competence's own or one of its references.
    """
    competence_id: UUID | None = owner_id
    if subject is Subject.REFERENCE:
        of = select(Reference.competence_id).where(Reference.id == owner_id)
        competence_id = session.scalar(of)
    stored = stored_representation(session, subject, owner_id, retrieval.matcher.space_id)
    if stored is None or competence_id is None:
        return
    near = retrieval.matcher.match(
        stored[1],
        retrieval.index(session, Subject.NEED),
        k=_NEEDS_NEAR_A_COMPETENCE,
        reverse=True,
        among=retrieval.index(session, Subject.COMPETENCE),
    )
    suggested = select(Suggestion.need_id).where(Suggestion.competence_id == competence_id)
    owners = select(Embedding.owner_id).where(Embedding.key.in_([match.key for match in near]))
    session.execute(
        update(Need)
        .where(or_(Need.id.in_(owners), Need.id.in_(suggested)))
        .values(matched_with=None)
    )


def competences_for(
    session: Session, retrieval: Retrieval, actor: Actor, need: Need
) -> list[tuple[Competence, Match]]:
    """Return the competences that suit a need, among those that the actor may read.

    What coordinators are suggested also holds hidden ones, which take places; what the need's
    author sees must not depend on them.
    """
    stored = stored_representation(session, Subject.NEED, need.id, retrieval.matcher.space_id)
    if stored is None or not says_enough(document_of(need)):
        return []
    index = retrieval.index(session, Subject.COMPETENCE)
    done = retrieval.index(session, Subject.REFERENCE)
    needs = retrieval.index(session, Subject.NEED)
    found: list[tuple[Competence, Match]] = []
    for kind in CompetenceKind:
        readable = competences_to_read(actor, CompetenceFilter(kind=kind)).where(
            Competence.state == CompetenceState.OPEN,
            Competence.organisation_id != need.organisation_id,
            _not_begun(),
        )
        traits = traits_beside(session, retrieval, need, COMPETENCES, readable)
        matches = retrieval.matcher.match(
            stored[1],
            index,
            k=PER_KIND,
            allowed=traits.keys,
            among=needs,
            further=done,
            traits=traits,
        )
        keys = [match.key for match in matches]
        owners = owners_by_key(session, COMPETENCES, readable, keys)
        found += [(owners[match.key], match) for match in matches if match.key in owners]
    return found


def has_pairing(session: Session, need_id: UUID) -> bool:
    """Whether a coordinator has approved a pairing for the need that still stands."""
    approved = select(Suggestion.id).where(
        Suggestion.need_id == need_id,
        Suggestion.state.in_(PAIRED),
    )
    return session.scalar(approved.limit(1)) is not None


def needs_for(
    session: Session, retrieval: Retrieval, actor: Actor, competence: Competence
) -> list[tuple[Need, Match]]:
    """Return the open needs that a competence would suit and that the actor may read."""
    stored = stored_representation(
        session, Subject.COMPETENCE, competence.id, retrieval.matcher.space_id
    )
    if stored is None or has_begun(competence):
        return []
    readable = needs_to_read(actor, NeedFilter()).where(
        Need.state == NeedState.OPEN, Need.organisation_id != competence.organisation_id
    )
    traits = traits_beside(session, retrieval, competence, NEEDS, readable)
    index = retrieval.index(session, Subject.NEED)
    matches = retrieval.matcher.match(
        stored[1],
        index,
        k=PER_KIND,
        allowed=traits.keys,
        reverse=True,
        among=retrieval.index(session, Subject.COMPETENCE),
        traits=traits,
    )
    found = owners_by_key(session, NEEDS, readable, [match.key for match in matches])
    return [(found[match.key], match) for match in matches if match.key in found]


def missing_of(need: Need, competence: Competence) -> list[str]:
    """Return codes of what a coordinator should ask about before approving."""
    missing = []
    if not need.wished_change:
        missing.append("wished_change")
    if need.field and competence.field and need.field is not competence.field:
        missing.append("field")
    if need.language is not competence.language:
        missing.append("language")
    if need.organisation.region is not competence.organisation.region:
        missing.append("region")
    if has_begun(competence):
        missing.append("started")
    return missing


def has_begun(competence: Competence) -> bool:
    """Whether a competence is a round whose first day is over."""
    return competence.starts_on is not None and competence.starts_on < now().date()


def _not_begun() -> ColumnElement[bool]:
    return or_(Competence.starts_on.is_(None), Competence.starts_on >= now().date())


def _unmatched(retrieval: Retrieval) -> list[ColumnElement[bool]]:
    # Written so that the index of `matched_with` is read: all but a few needs are matched.
    version = retrieval.matcher.version
    return [
        or_(Need.matched_with.is_(None), Need.matched_with < version, Need.matched_with > version),
        Need.state.not_in(set(NeedState) - {NeedState.OPEN}),
        Need.embedded_in.op("&")(retrieval.set.bit) != 0,
        Need.id.not_in(merged_need_ids()),
    ]


def _best_of_kind(
    session: Session,
    retrieval: Retrieval,
    need: Need,
    representation: Representation,
    kind: CompetenceKind,
) -> Iterator[tuple[UUID, Match]]:
    mine = select(Suggestion.competence_id).where(Suggestion.need_id == need.id)
    on_offer = select(Competence).where(
        Competence.kind == kind,
        Competence.state == CompetenceState.OPEN,
        # Nobody is paired with their own organisation.
        Competence.organisation_id != need.organisation_id,
        _not_begun(),
        # What people have decided on stands; the places left are for others.
        Competence.id.not_in(mine.where(Suggestion.state != SuggestionState.PROPOSED)),
    )
    taken = select(func.count()).where(
        Suggestion.need_id == need.id,
        Suggestion.state.not_in(_ENDED | {SuggestionState.PROPOSED}),
        Suggestion.competence_id.in_(select(Competence.id).where(Competence.kind == kind)),
    )
    places = PER_KIND - (session.scalar(taken) or 0)
    if places <= 0:
        return
    index = retrieval.index(session, Subject.COMPETENCE)
    traits = traits_beside(session, retrieval, need, COMPETENCES, on_offer)
    needs = retrieval.index(session, Subject.NEED)
    done = retrieval.index(session, Subject.REFERENCE)
    matches = retrieval.matcher.match(
        representation,
        index,
        k=places,
        allowed=traits.keys,
        among=needs,
        further=done,
        traits=traits,
    )
    owners = dict(
        session.execute(
            select(Embedding.key, Embedding.owner_id).where(
                Embedding.key.in_([match.key for match in matches])
            )
        ).all()
    )
    for match in matches:
        yield owners[match.key], match


def _suggestions(session: Session, need_id: UUID) -> list[Suggestion]:
    return list(session.scalars(select(Suggestion).where(Suggestion.need_id == need_id)))


def _describe(suggestion: Suggestion, match: Match, version: str) -> None:
    suggestion.rank, suggestion.score = match.rank, match.score
    suggestion.band = match.band.value
    suggestion.parts = [
        {"name": part.name, "value": part.value, "contribution": part.contribution}
        for part in match.parts
    ]
    suggestion.evidence = None
    suggestion.matcher_version = version
