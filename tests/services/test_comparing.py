"""A text beside a similar one: the sentences that belong together, for whoever may read both."""

from uuid import uuid4

import pytest

from matching import Document
from needsbank.db.models import Subject
from needsbank.domain.errors import NotFound
from needsbank.domain.licences import Licence
from needsbank.domain.roles import ANONYMOUS, Role
from needsbank.domain.visibility import Visibility
from needsbank.services.comparing import SENTENCES, compare
from tests.factories import add_need, add_prior_work, add_user

KEYS = "Home care keys get lost at night"
TEXT = Document(id="", title="Keys", body=f"{KEYS}. Lunch is served cold.", language="en")


@pytest.fixture
def compared(session, retrieval):
    def compared(subject, other_id, actor=ANONYMOUS, text=TEXT):
        return compare(session, retrieval, actor, text, subject, other_id)

    return compared


def test_sentences_that_say_the_same_are_put_side_by_side(session, compared):
    need = add_need(session, title="Night shifts", problem=f"It rains. {KEYS}. Cars are slow.")
    found = compared(Subject.NEED, need.id)
    assert found.other is need
    assert (found.sentences[0].query_sentence, found.sentences[0].document_sentence) == (
        f"{KEYS}.",
        f"{KEYS}.",
    )
    assert len(found.sentences) <= SENTENCES


def test_a_work_is_compared_by_its_abstract(session, compared):
    work = add_prior_work(session, title="A study", abstract=f"{KEYS}. We asked nurses.")
    found = compared(Subject.PRIOR_WORK, work.id)
    assert found.sentences[0].document_sentence == f"{KEYS}."


def test_a_need_that_the_reader_may_not_see_is_not_there(session, compared):
    hidden = add_need(session, problem=KEYS, visibility=Visibility.COORDINATORS)
    with pytest.raises(NotFound):
        compared(Subject.NEED, hidden.id)
    coordinator = add_user(session, Role.COORDINATOR).actor
    assert compared(Subject.NEED, hidden.id, coordinator).sentences


@pytest.mark.parametrize("subject", [Subject.NEED, Subject.PRIOR_WORK])
def test_what_never_was_is_not_found(compared, subject):
    with pytest.raises(NotFound):
        compared(subject, uuid4())


def test_an_empty_text_has_nothing_in_common(session, compared):
    need = add_need(session, problem=KEYS)
    nothing = Document(id="", title="", body=" ")
    assert list(compared(Subject.NEED, need.id, text=nothing).sentences) == []


@pytest.mark.parametrize(
    ("licence", "quoted"), [(None, True), (Licence.CC_BY, True), (Licence.IN_COPYRIGHT, False)]
)
def test_a_work_is_quoted_only_where_its_licence_allows_it(session, compared, licence, quoted):
    work = add_prior_work(session, abstract=f"{KEYS}. We asked nurses.", licence=licence)
    sentences = [each.document_sentence for each in compared(Subject.PRIOR_WORK, work.id).sentences]
    assert (f"{KEYS}." in sentences) is quoted
    assert quoted or set(sentences) <= {work.title}
