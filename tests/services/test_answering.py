"""Whether a text is known already: one list of what the reader may read, most useful first."""

import pytest

from needsbank import jobs
from needsbank.db.models import Need, Subject
from needsbank.domain.answers import MOST_HITS, AnswerRelation
from needsbank.domain.needs import CloseReason, NeedState
from needsbank.domain.roles import ANONYMOUS, Role
from needsbank.domain.supports import Voices
from needsbank.domain.verdicts import PairVerdict
from needsbank.domain.visibility import Visibility
from needsbank.services import verdicts
from needsbank.services.answering import (
    SHORTEST_TEXT,
    answer_need,
    answer_text,
)
from needsbank.services.embedding import stored_representation
from tests.factories import add_need, add_prior_work, add_support, add_user, judging

TEXT = "Substitutes cannot find the keys of home care customers"
PROBLEM = "The keys of customers are lost and nobody knows where they are kept."
MORE = "In the evening they call a colleague who has gone home, and the visit is late."
# The search leads with neither: the detector is surest of what stands out.
NEAR = {"title": "A garden", "abstract": "Customers of the garden are lost in the wood."}
NEARLY = {"title": "Keys to the garden shed", "abstract": "Closed in winter, customers are few."}
DISTANT = {"title": "The homes of birds", "abstract": "Birds that nest are counted each spring."}


@pytest.fixture
def author(session):
    return add_user(session, Role.PARTNER)


@pytest.fixture
def coordinator(session):
    return add_user(session, Role.COORDINATOR).actor


@pytest.fixture
def add_alike(session, author):
    def add(**values):
        return add_need(session, author, **{"title": TEXT, "problem": PROBLEM, **values})

    return add


@pytest.fixture
def add_work(session):
    def add(**values):
        return add_prior_work(session, **{"title": TEXT, "abstract": PROBLEM, **values})

    return add


@pytest.fixture
def embed(session, engine, retrieval):
    def embed():
        for subject in Subject:
            jobs.embed_pending(engine, retrieval, subject)
        session.rollback()

    return embed


@pytest.fixture
def answer(session, retrieval, embed):
    """Answer a text that is being written, after everything has been read."""

    def answer(text=f"{TEXT}\n{PROBLEM}", actor=ANONYMOUS, besides=None):
        embed()
        title, _, problem = text.partition("\n")
        return answer_text(session, retrieval, actor, title, problem, besides)

    return answer


@pytest.fixture
def answer_of(session, retrieval, embed):
    """Answer a need of the bank."""

    def answer_of(need, actor=ANONYMOUS):
        embed()
        need = session.get_one(Need, need.id)
        stored = stored_representation(session, Subject.NEED, need.id, retrieval.matcher.space_id)
        assert stored is not None
        return answer_need(session, retrieval, actor, need, stored[1])

    return answer_of


def ids(hits):
    return [hit.found.id for hit in hits]


def judge(session, actor, need, other, verdict):
    subject = Subject.NEED if isinstance(other, Need) else Subject.PRIOR_WORK
    command = judging(need, other, verdict)
    verdicts.judge(session, actor, need.id, subject, other.id, command)
    session.commit()


def test_a_solution_comes_before_a_need_that_is_as_alike(add_alike, add_work, answer):
    need, work = add_alike(), add_work()
    found = answer()
    assert ids(found.hits) == [work.id, need.id]
    assert [hit.relation for hit in found.hits] == [
        AnswerRelation.READY_SOLUTION,
        AnswerRelation.SAME_NEED,
    ]


def test_a_need_that_says_the_same_comes_before_a_work_that_is_only_related(
    session, add_alike, answer
):
    works = [add_prior_work(session, **text) for text in (NEAR, NEARLY)]
    need = add_alike()
    found = answer()
    assert ids(found.hits[:1]) == [need.id]
    assert set(ids(found.hits[1:])) == {work.id for work in works}
    assert {hit.relation for hit in found.hits[1:]} == {AnswerRelation.RELATED}


@pytest.mark.parametrize(
    ("reason", "relation"),
    [
        (CloseReason.SOLVED, AnswerRelation.READY_SOLUTION),
        (CloseReason.ADOPTED, AnswerRelation.READY_SOLUTION),
        (CloseReason.NO_PARTNER, AnswerRelation.SAME_NEED),
    ],
)
def test_a_need_that_was_solved_is_a_solution(add_alike, answer, reason, relation):
    add_alike(state=NeedState.CLOSED, close_reason=reason)
    (hit,) = answer().hits
    assert (hit.relation, hit.is_solution) == (
        relation,
        relation is AnswerRelation.READY_SOLUTION,
    )


def test_the_bank_s_own_result_is_not_told_beside_its_need(add_alike, add_work, answer, answer_of):
    solved = add_alike(state=NeedState.CLOSED, close_reason=CloseReason.SOLVED)
    other = add_alike()
    work = add_work(source_key=solved.id.hex, url=f"/needs/{solved.id}")
    elsewhere = add_work()
    assert set(ids(answer().hits)) == {solved.id, other.id, elsewhere.id}
    found = answer_of(solved).hits
    assert work.id not in ids(found), "a need is not its own solution"
    assert elsewhere.id in ids(found)


def test_how_much_longer_a_need_is_says_something_only_once_the_text_is_written(
    add_alike, answer, answer_of
):
    need = add_alike()
    longer = add_alike(problem=f"{PROBLEM} {MORE}")
    (hit,) = answer_of(need).hits
    assert (hit.relation, hit.longer) == (AnswerRelation.PART_OF, True)
    (hit,) = answer_of(longer).hits
    assert (hit.relation, hit.longer) == (AnswerRelation.PART_OF, False)
    assert {hit.relation for hit in answer().hits} == {AnswerRelation.SAME_NEED}


def test_the_same_of_another_year_continues_it(session, add_alike, answer_of):
    need = add_alike(title=f"{TEXT} 2025")
    add_alike(title=f"{TEXT} 2026")
    (hit,) = answer_of(need).hits
    assert hit.relation is AnswerRelation.CONTINUES
    assert [(each.mine, each.other) for each in hit.differences] == [(("2025",), ("2026",))]


def test_what_is_only_distantly_related_is_folded_away(session, answer):
    near, distant = (add_prior_work(session, **text) for text in (NEAR, DISTANT))
    found = answer()
    assert (ids(found.clear), ids(found.weak)) == ([near.id], [distant.id])


def test_at_most_five_are_shown_of_all_kinds_together(add_alike, add_work, answer):
    for number in range(MOST_HITS):
        add_alike(timing=str(number))
        add_work()
    assert len(answer().hits) == MOST_HITS


def test_nothing_is_known_of_a_text_of_its_own(add_alike, answer):
    add_alike()
    assert answer("Sourdough bread rises slowly overnight").hits == []


@pytest.mark.parametrize("text", ["", " " * 40, "x" * (SHORTEST_TEXT - 1)])
def test_a_text_that_says_too_little_is_not_compared(add_alike, answer, text):
    add_alike()
    assert answer(text).hits == []


def test_a_need_does_not_answer_itself(add_alike, answer, answer_of):
    mine, other = add_alike(), add_alike()
    assert ids(answer(besides=mine.id).hits) == [other.id]
    assert ids(answer_of(mine).hits) == [other.id]


@pytest.mark.parametrize("level", sorted(set(Visibility) - {Visibility.PUBLIC}, key=str))
def test_what_the_reader_may_not_see_answers_nothing(add_alike, author, answer, level):
    hidden = add_alike(visibility=level)
    assert answer().hits == []
    assert ids(answer(actor=author.actor).hits) == [hidden.id]


def test_hidden_ones_take_no_places_from_those_that_are_shown(add_alike, answer):
    for _ in range(30):
        add_alike(visibility=Visibility.COORDINATORS)
    shown = add_alike()
    assert ids(answer().hits) == [shown.id]


def test_voices_are_told_with_the_reader_s_own(session, add_alike, answer):
    need, other = add_alike(), add_alike()
    mine = add_support(session, need)
    add_support(session, need, unit_id=mine.unit_id)
    by_id = {hit.found.id: hit for hit in answer(actor=mine.supporter.actor).hits}
    assert (by_id[need.id].voices, by_id[need.id].supported) == (Voices(2, 1), True)
    assert (by_id[other.id].voices, by_id[other.id].supported) == (Voices(0, 0), False)


def test_what_a_coordinator_holds_for_the_same_comes_first(
    session, add_alike, add_work, answer_of, coordinator
):
    need, near = add_alike(), add_prior_work(session, **NEAR)
    add_work()
    assert answer_of(need).hits[0].found.id != near.id
    judge(session, coordinator, need, near, PairVerdict.SAME)
    first = answer_of(need).hits[0]
    assert (first.found.id, first.relation) == (near.id, AnswerRelation.READY_SOLUTION)
    assert first.judged is not None


def test_what_a_coordinator_holds_for_a_part_is_told_as_one(
    session, add_alike, add_work, answer_of, coordinator
):
    need, work = add_alike(), add_work()
    judge(session, coordinator, need, work, PairVerdict.PARTLY)
    (hit,) = answer_of(need).hits
    assert hit.relation is AnswerRelation.PART_OF


def test_what_a_coordinator_rules_out_leaves_its_place_to_the_next(
    session, add_alike, add_work, answer_of, coordinator
):
    need = add_alike()
    works = [add_work() for _ in range(MOST_HITS + 1)]
    ruled_out = answer_of(need).hits[0].found
    judge(session, coordinator, need, ruled_out, PairVerdict.NO)
    found = answer_of(need)
    assert len(found.hits) == MOST_HITS
    assert set(ids(found.hits)) == {work.id for work in works} - {ruled_out.id}
    assert ids(found.dismissed) == [ruled_out.id]
