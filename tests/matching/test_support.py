"""What an owner has done speaks for it: never against it, and for nobody else."""

import gc
from weakref import ref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Document, Index, Row
from matching.support import support
from tests.matching.makers import representation, rows, texts_of

NEED = "Avaimet katoavat kotihoidossa eikä kukaan tiedä, kenellä avain on"
OFFERS = [
    "Kotihoidon avainten hallinta ja sähköiset lukot",
    "Robotiikan opiskelijatiimi rakentaa tarttujia",
    "Studenter bygger appar för hemvården",
    "Matematiikan kurssi ratkaisee reititystehtäviä",
]
DONE = [
    "Kotihoidon avaimet: kenellä avain on?",
    "Hanke etsi kotihoidon kadonneet avaimet",
    "Nyckelskåp för hemvården",
    "Jäätiet",
    "avain",
    NEED,
]
NUMBERS = st.floats(-1, 2, width=32)


@pytest.fixture(scope="module")
def index():
    return Index.build(rows(OFFERS, first_key=10))


def matched(matcher, index, further=(), **options):
    """Return all matches by key, the weakest too."""
    found = matcher.match(
        representation(NEED), index, k=10, further=Index.build(list(further)), **options
    )
    return {match.key: match for match in found}


def lifted(own, further):
    """Return the evidence of one owner."""
    chosen = support(
        np.array([own], np.float32),
        np.array(further, np.float32),
        np.zeros(len(further), np.int64),
    )
    return float(chosen.lifted(np.array([own], np.float32))[0])


@given(NUMBERS, st.lists(NUMBERS, max_size=8))
def test_evidence_is_the_mean_of_the_best_three_with_the_own_text_for_missing_ones(own, further):
    best = sorted([*further, own, own, own])[-3:]
    assert lifted(own, further) == pytest.approx(np.mean(best), abs=1e-5)


@given(NUMBERS, st.lists(NUMBERS, max_size=8), NUMBERS)
def test_a_further_text_never_lowers_its_owner(own, further, added):
    assert lifted(own, further) >= own
    assert lifted(own, [*further, added]) >= lifted(own, further)


def test_one_lucky_text_among_many_lifts_by_a_third():
    assert lifted(0.3, [0.9] + [0.0] * 20) == pytest.approx(0.5)
    assert lifted(0.3, [0.9] * 3 + [0.0] * 20) == pytest.approx(0.9)


OWNERS = st.lists(st.tuples(st.sampled_from([10, 11, 12, 99]), st.sampled_from(DONE)), max_size=8)


@settings(max_examples=40)
@given(done=OWNERS, added=st.sampled_from(DONE))
def test_a_further_text_lowers_no_match_and_changes_no_other_one(matcher, index, done, added):
    owners, texts = [owner for owner, _ in done], [text for _, text in done]
    before = matched(matcher, index, texts_of(owners, texts))
    after = matched(matcher, index, texts_of([*owners, 10], [*texts, added]))
    assert after[10].score >= before[10].score
    for key in before.keys() & after.keys() - {10}:
        one, other = before[key], after[key]
        assert (one.score, one.parts, one.band) == (other.score, other.parts, other.band)


def test_without_further_texts_a_match_is_what_it_was(matcher, index):
    alone = matcher.match(representation(NEED), index, k=10)
    assert list(matched(matcher, index).values()) == alone
    of_another = texts_of([11], ["Jäätiet"])
    assert list(matched(matcher, index, of_another).values()) == alone


def test_texts_are_gathered_before_the_best_are_chosen(matcher, index):
    (alone,) = matcher.match(representation(NEED), index, k=1)
    further = Index.build(texts_of([11] * 3, [NEED] * 3))
    (first,) = matcher.match(representation(NEED), index, k=1, further=further)
    assert (alone.key, first.key, first.rank) == (10, 11, 1)
    assert first.score > alone.score


def test_what_lifts_a_match_is_in_the_parts_of_its_score(matcher, index):
    alone = matched(matcher, index)[10]
    found = matched(matcher, index, texts_of([10, 10], [NEED, DONE[0]]))[10]
    assert found.score == sum(part.contribution for part in found.parts)
    assert found.score > alone.score
    assert all(
        part.value >= before.value for part, before in zip(found.parts, alone.parts, strict=True)
    )
    assert all(0 <= part.value <= 1 for part in found.parts)


@settings(max_examples=40)
@given(hidden=st.lists(st.sampled_from(DONE), max_size=6), done=st.lists(st.sampled_from(DONE)))
def test_texts_of_hidden_owners_change_nothing(matcher, hidden, done):
    visible = rows(OFFERS, first_key=100)
    secret = [
        Row(key * 37 % 90, row.representation, False) for key, row in enumerate(rows(hidden), 1)
    ]
    own = texts_of([100 + place % 4 for place in range(len(done))], done, first_key=2000)
    # Their keys lie on both sides of the visible ones, so that rows move in memory too.
    theirs = texts_of([row.key for row in secret], hidden, first_key=1997)
    allowed = np.array([row.key for row in visible])
    alone = matched(matcher, Index.build(visible), own, allowed=allowed)
    others = [row for row in theirs if row.key not in {each.key for each in own}]
    among = matched(matcher, Index.build(visible + secret), own + others, allowed=allowed)
    assert among == alone


def test_an_emptied_text_and_one_whose_owner_is_not_there_count_for_nobody(matcher, index):
    alone = matched(matcher, index)
    assert matched(matcher, index, texts_of([10, 11, 12], ["", "", ""])) == alone
    assert matched(matcher, index, texts_of([9, 99, -1], [NEED] * 3)) == alone


def test_an_owner_that_changes_is_seen_anew(matcher):
    further = Index.build(texts_of([10] * 3, [NEED] * 3))
    before = Index.build(rows(OFFERS, first_key=10))
    after = Index.build(rows([*OFFERS[1:], OFFERS[0]], first_key=7))
    for index in (before, after, before):
        (first,) = matcher.match(representation(NEED), index, k=1, further=further)
        assert first.key == 10


def test_an_index_that_nobody_uses_any_more_is_let_go(matcher):
    index, further = Index.build(rows(OFFERS)), Index.build(texts_of([0], [NEED]))
    matcher.match(representation(NEED), index, k=1, among=index, further=further)
    watched = ref(index), ref(further)
    del index, further
    gc.collect()
    assert [each() for each in watched] == [None, None]


OFFER = Document(id="c", title="Tiimi", body="Opiskelijat kehittävät palveluja.", language="fi")
ASKING = Document(id="n", title="Avaimet katoavat", body="Kotihoito etsii avaimia.", language="fi")


def test_what_has_been_done_is_quoted_and_named(matcher):
    done = Document(id="r", title="Kotihoidon kadonneet avaimet", language="fi")
    other = Document(id="o", title="Jäätiet", language="fi")
    (first, *_) = matcher.explain(ASKING, OFFER, further=[other, done])
    assert (first.document_sentence, first.text) == ("Kotihoidon kadonneet avaimet", 2)


def test_a_text_that_lifts_nothing_is_not_quoted(matcher):
    own = Document(id="c", title="Kotihoidon kadonneet avaimet", language="fi")
    found = matcher.explain(ASKING, own, further=[Document(id="r", title="Jäätiet talvella")])
    assert {each.text for each in found} == {0}


def test_no_words_are_shared_with_a_text_in_another_language(matcher):
    done = Document(id="r", title="Avaimet i hemvården", language="sv")
    (first, *_) = matcher.explain(ASKING, OFFER, further=[done])
    assert (first.text, first.shared) == (1, ())


def test_without_the_quoted_sentence_the_match_is_worse(matcher):
    """The explainer's measure and the match's are the same, own text and further ones together."""
    done = [
        Document(id="r", title="Avainhanke", body="Etsimme kotihoidon avaimia. Oli talvi."),
        Document(id="s", title="Kotihoidon lukot", body="Avaimet korvattiin."),
    ]
    (quoted, *_) = matcher.explain(ASKING, OFFER, further=done)
    whole = _scored(matcher, OFFER, done)
    without = [_cut(each, quoted.document_sentence) for each in (OFFER, *done)]
    assert _scored(matcher, without[0], without[1:]) < whole


def _cut(document, sentence):
    return Document(
        id=document.id,
        title=document.title.replace(sentence, ""),
        body=document.body.replace(sentence, ""),
        language="fi",
    )


def _scored(matcher, own, further):
    asked, *texts = matcher.represent([ASKING, own, *further])
    index = Index.build([Row(1, texts[0], True)])
    done = Index.build([Row(key, text, False, 1) for key, text in enumerate(texts[1:], start=2)])
    (found,) = matcher.match(asked, index, k=1, further=done)
    return found.score
