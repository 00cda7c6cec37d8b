"""What a competence has done: each work a text of its own, which speaks for its competence."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, select

from needsbank import jobs
from needsbank.db.models import Competence, Embedding, Reference, Subject, Suggestion
from needsbank.db.transaction import transaction
from needsbank.domain.clock import now
from needsbank.domain.competences import CompetenceKind, CompetenceState, DescribeCompetence
from needsbank.domain.errors import Invalid, NotAllowed, NotFound
from needsbank.domain.languages import Language
from needsbank.domain.references import MOST_REFERENCES, DescribeReference, ReferenceKind
from needsbank.domain.roles import Role
from needsbank.domain.visibility import Visibility
from needsbank.services import competences, embedding, suggesting, vector_sets
from tests.factories import (
    add_competence,
    add_need,
    add_reference,
    add_user,
    reread,
    unit_id_of,
)

PROBLEM = "Substitutes cannot find the keys of home care customers."
ASKED: dict[str, Any] = {"title": "Keys get lost", "problem": PROBLEM}
FAR: dict[str, Any] = {
    "title": "Jäätiet",
    "description": "Pidämme pyörätiet sulina talvella.",
    "language": Language.FI,
}
KEYS = DescribeReference(title="Keys of home care customers", description=PROBLEM)
ICE = DescribeReference(title="Ice roads in winter", kind=ReferenceKind.THESIS, year=2020)


@pytest.fixture
def author(session):
    return add_user(session, Role.MEMBER)


@pytest.fixture
def describe(session, author):
    """Say a competence and what it has done, anew where it is there already."""

    def describe(*references, competence=None, **values):
        command = DescribeCompetence(
            **{
                "kind": CompetenceKind.STUDENT_TEAM,
                "title": FAR["title"],
                "description": FAR["description"],
                "unit_id": unit_id_of(session, author),
                "references": references,
                **values,
            }
        )
        with transaction(session):
            if competence is None:
                made = competences.draft_competence(session, author.actor, command)
                return competences.open_competence(session, author.actor, made.id)
            return competences.change_competence(session, author.actor, competence.id, command)

    return describe


@pytest.fixture
def work(engine, retrieval, session):
    """Embed and suggest everything that is pending."""

    def work():
        session.rollback()
        done = {each: jobs.embed_pending(engine, retrieval, each) for each in Subject}
        jobs.suggest_pending(engine, retrieval)
        jobs.find_missing_evidence(engine, retrieval)
        session.rollback()
        session.expire_all()
        return done

    return work


def saying(reference):
    """Return the command that says a reference as it is."""
    return DescribeReference(
        id=reference.id,
        kind=reference.kind,
        title=reference.title,
        description=reference.description,
        year=reference.year,
        url=reference.url,
    )


def texts(session, subject=Subject.REFERENCE):
    session.rollback()
    rows = session.scalars(select(Embedding).where(Embedding.subject == subject))
    return [row.text for row in rows.all() if row.text]


def test_references_are_kept_in_their_order_and_languages(describe):
    finnish = DescribeReference(title=" Kotihoidon avainten hallinta ja sähköiset lukot ")
    made = describe(KEYS, finnish, DescribeReference(title="Xyz"))
    assert [(each.title, each.language) for each in made.references] == [
        (KEYS.title, Language.EN),
        ("Kotihoidon avainten hallinta ja sähköiset lukot", Language.FI),
        ("Xyz", made.language),
    ]
    assert [each.position for each in made.references] == [0, 1, 2]


@pytest.mark.parametrize(
    ("wrong", "name", "code"),
    [
        ({"title": " "}, "title", "required"),
        ({"title": "x" * 301}, "title", "too_long"),
        ({"description": "x" * 1001}, "description", "too_long"),
        ({"year": 1899}, "year", "year"),
        ({"year": now().year + 2}, "year", "year"),
        ({"url": "javascript:alert(1)"}, "url", "url"),
        ({"url": "https://"}, "url", "url"),
        ({"url": "https://x.example/" + "x" * 1000}, "url", "url"),
    ],
)
def test_what_cannot_be_stored_is_refused(session, describe, wrong, name, code):
    with pytest.raises(Invalid) as refused:
        describe(KEYS, DescribeReference(**{"title": "x", **wrong}))
    assert refused.value.errors == {f"references-1-{name}": code}
    assert session.scalar(select(func.count(Competence.id))) == 0


def test_more_than_anybody_reads_are_refused(describe):
    with pytest.raises(Invalid) as refused:
        describe(*[KEYS] * (MOST_REFERENCES + 1))
    assert refused.value.errors == {"references": "too_many"}


def test_a_reference_of_another_competence_stays_as_it_is(session, describe):
    others = add_reference(session, add_competence(session), title="Theirs")
    mine = describe(DescribeReference(id=others.id, title="Mine"))
    assert [each.title for each in mine.references] == ["Mine"]
    assert reread(session, others).title == "Theirs"


def test_only_the_author_says_what_was_done(session, describe, author):
    made = describe(KEYS)
    colleague = add_user(session, Role.MEMBER, organisation=made.organisation)
    command = DescribeCompetence(kind=made.kind, title="x", description="x", unit_id=made.unit_id)
    for person, refusal in ((colleague, NotAllowed), (add_user(session), NotAllowed)):
        with pytest.raises(refusal):
            competences.change_competence(session, person.actor, made.id, command)
    made.visibility = Visibility.ORGANISATION
    session.commit()
    with pytest.raises(NotFound):
        competences.change_competence(session, add_user(session).actor, made.id, command)


def test_references_go_with_their_competence(session, describe):
    made = describe(KEYS, ICE)
    with transaction(session):
        session.execute(delete(Competence).where(Competence.id == made.id))
    assert session.scalar(select(func.count(Reference.id))) == 0


def test_each_reference_has_vectors_of_its_own(session, describe, work):
    describe(KEYS, ICE)
    assert work()[Subject.REFERENCE] == 2
    assert texts(session) == [f"{KEYS.title}\n{PROBLEM}", ICE.title]
    assert len(texts(session, Subject.COMPETENCE)) == 1
    rows = session.scalars(select(Embedding).order_by(Embedding.key)).all()
    key = next(row.key for row in rows if row.subject is Subject.COMPETENCE)
    assert [row.belongs_to for row in rows if row.subject is Subject.REFERENCE] == [key, key]
    assert not any(row.public for row in rows if row.subject is Subject.REFERENCE)


def test_a_reference_of_a_draft_is_not_read(session, describe, work):
    made = describe(KEYS)
    made.state = CompetenceState.DRAFT
    session.commit()
    assert work()[Subject.REFERENCE] == 0


def test_a_reference_waits_for_its_competence(session, describe, retrieval):
    describe(KEYS)
    assert embedding.pending(session, Subject.REFERENCE, retrieval.set, 10) == []
    assert embedding.count_pending(session, Subject.REFERENCE, retrieval.set) == 1
    assert vector_sets.count_missing(session, retrieval.set) == 2
    assert vector_sets.count_all_texts(session) == 2


def test_a_set_that_is_emptied_holds_no_reference(session, describe, work, retrieval):
    describe(KEYS)
    work()
    assert vector_sets.count_missing(session, retrieval.set) == 0
    with transaction(session):
        assert vector_sets.unmark_some(session, retrieval.set, 10) == 2
        assert vector_sets.delete_some(session, retrieval.set, 10) == 2
    assert vector_sets.count_missing(session, retrieval.set) == 2
    assert embedding.count_pending(session, Subject.REFERENCE, retrieval.set) == 1


def test_a_changed_reference_is_read_again_and_no_other_text(session, describe, work):
    made = describe(KEYS, ICE)
    work()
    first, second = reread(session, made).references
    changed = DescribeReference(id=second.id, title="Ice roads in spring")
    describe(saying(first), changed, competence=made)
    assert work() == {**dict.fromkeys(Subject, 0), Subject.REFERENCE: 1}
    assert texts(session) == [f"{KEYS.title}\n{PROBLEM}", "Ice roads in spring"]


def test_what_is_said_as_before_is_not_read_again(session, describe, work):
    made = describe(KEYS, ICE)
    work()
    first, second = reread(session, made).references
    describe(saying(second), saying(first), competence=made)
    assert work() == dict.fromkeys(Subject, 0)
    assert [each.id for each in reread(session, made).references] == [second.id, first.id]


def test_a_removed_reference_leaves_no_text_behind(session, describe, work, retrieval):
    made = describe(KEYS, ICE)
    work()
    gone, kept = reread(session, made).references
    describe(saying(kept), competence=made)
    assert texts(session) == [ICE.title]
    index = retrieval.index(session, Subject.REFERENCE)
    assert PROBLEM not in [index.texts.text(row) for row in range(len(index))]
    assert session.get(Reference, gone.id) is None


def suggested(session):
    session.rollback()
    return session.scalars(select(Suggestion)).all()


def test_what_was_done_makes_a_competence_suit_a_need(session, describe, work):
    """Three works on keys lift a team that says nothing of keys itself."""
    need = add_need(session, **ASKED)
    made = describe()
    work()
    assert suggested(session) == []
    describe(KEYS, KEYS, KEYS, competence=made)
    work()
    (found,) = suggested(session)
    assert (found.need_id, found.competence_id) == (need.id, made.id)
    assert sum(part["contribution"] for part in found.parts) == pytest.approx(found.score)
    (quoted, *_) = found.evidence
    assert quoted["reference"] == KEYS.title
    assert quoted["language"] == "en"
    assert quoted["competence"] in {KEYS.title, PROBLEM}


def test_when_works_fall_away_needs_are_matched_without_them(session, describe, work):
    add_need(session, **ASKED)
    made = describe(KEYS, KEYS, KEYS)
    work()
    assert len(suggested(session)) == 1
    describe(competence=made)
    work()
    assert suggested(session) == []


def test_a_need_s_author_sees_what_works_lift_and_nothing_hidden(
    session, describe, work, retrieval
):
    need = add_need(session, **ASKED)
    made = describe(KEYS, KEYS, KEYS)
    work()
    before = suggesting.competences_for(session, retrieval, need.author.actor, need)
    assert [each.id for each, _ in before] == [made.id]
    describe(*[KEYS] * 5, visibility=Visibility.COORDINATORS)
    describe(*[KEYS] * 5, visibility=Visibility.ORGANISATION)
    work()
    after = suggesting.competences_for(session, retrieval, need.author.actor, need)
    assert [(each.id, match) for each, match in after] == [
        (each.id, match) for each, match in before
    ]


def test_a_reference_that_is_gone_makes_nothing_be_looked_at(session, retrieval):
    suggesting.look_again_near(session, retrieval, Subject.REFERENCE, uuid4())
    assert suggested(session) == []
