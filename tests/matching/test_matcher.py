import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Band, Document, FakeEncoder, Index, Matcher, MatcherFileError, Row
from tests.matching.makers import representation, rows

COMPETENCES = [
    "Kotihoidon avainten hallinta ja sähköiset lukot",
    "Kotihoidon reittien suunnittelu karttaohjelmalla",
    "Robotiikan opiskelijatiimi rakentaa tarttujia",
    "Studenter bygger appar för hemvården",
    "Physiotherapy students train balance and prevent falls",
    "Matematiikan kurssi ratkaisee reititystehtäviä",
]
NEED = "Avaimet katoavat kotihoidossa eikä kukaan tiedä, kenellä avain on"


@pytest.fixture(scope="module")
def index():
    return Index.build(rows(COMPETENCES, first_key=10))


def test_the_nearest_competence_comes_first(matcher, index):
    matches = matcher.match(representation(NEED), index, k=3)
    assert matches[0].key == 10
    assert [match.rank for match in matches] == list(range(1, len(matches) + 1))
    assert [match.score for match in matches] == sorted((m.score for m in matches), reverse=True)


def test_a_score_is_the_sum_of_its_parts(matcher, index):
    for match in matcher.search(representation(NEED), index, k=6):
        assert match.score == sum(part.contribution for part in match.parts)
        assert {part.name for part in match.parts} == {"meaning", "words", "terms"}
        assert all(0 <= part.value <= 1 and part.contribution >= 0 for part in match.parts)
        assert 0 < match.score <= 1


def test_a_need_that_nobody_answers_gets_nothing(matcher, index):
    assert matcher.match(representation("Käärmeet nukkuvat", "fi"), index, k=5) == []


@pytest.mark.parametrize("text", ["", "   ", "\u200b"])
def test_an_empty_text_matches_nothing(matcher, index, text):
    assert matcher.match(representation(text, "fi"), index, k=5) == []
    assert matcher.search(representation(text, "fi"), index, k=5) == []


def test_an_empty_index_gives_nothing(matcher):
    assert matcher.search(representation(NEED), Index.build([]), k=5) == []


def test_reverse_finds_the_need_of_a_competence(matcher):
    needs = Index.build(rows([NEED, "Talvella kadut ovat liukkaita"]))
    (first, *_) = matcher.match(representation(COMPETENCES[0]), needs, k=2, reverse=True)
    assert first.key == 0


def test_only_allowed_keys_are_returned_and_they_are_chosen_before_the_best(matcher, index):
    allowed = np.array([11, 15, 99])
    found = matcher.search(representation("kotihoidon reitit"), index, k=1, allowed=allowed)
    assert [match.key for match in found] == [11]
    none = np.array([], np.int64)
    assert matcher.search(representation(NEED), index, k=5, allowed=none) == []


def test_equal_rows_come_in_the_order_of_keys(matcher):
    index = Index.build(rows([COMPETENCES[0]] * 4))
    assert [m.key for m in matcher.search(representation(NEED), index, k=3)] == [0, 1, 2]


TEXTS = st.lists(st.sampled_from([*COMPETENCES, NEED, "avain", "", "x"]), max_size=8)


@settings(max_examples=60, deadline=None)
@given(open_texts=TEXTS, hidden_texts=TEXTS, query=st.sampled_from([NEED, "avain", "IoT", "home"]))
def test_hidden_rows_change_nothing_for_those_who_may_not_see_them(
    matcher, open_texts, hidden_texts, query
):
    visible = rows(open_texts, first_key=100)
    # Hidden keys lie on both sides of the visible ones, so that rows move in memory too.
    hidden = [
        Row(key * 37 % 300, row.representation, public=False)
        for key, row in enumerate(rows(hidden_texts), start=1)
        if not 100 <= key * 37 % 300 < 200
    ]
    allowed = np.array([row.key for row in visible], np.int64)
    text = representation(query)
    alone = Index.build(visible)
    among = Index.build(visible + hidden)
    for find in (matcher.search, matcher.match):
        assert find(text, among, k=4, allowed=allowed) == find(text, alone, k=4)


def test_public_rows_make_their_words_less_telling(matcher):
    shy = Index.build(rows(["kvasaari", "muu teksti"]))
    crowd = shy.extended(rows(["kvasaari"] * 30, first_key=50))
    text = representation("kvasaari tutkimus")
    (before, *_) = matcher.search(text, shy, k=1)
    (after, *_) = matcher.search(text, crowd, k=1, allowed=np.array([0]))
    assert before.parts[2].value > after.parts[2].value


def test_representations_hold_what_the_index_needs(matcher):
    (one, empty) = matcher.represent(
        [Document(id="a", title=" Kotihoidon\navaimet ", body="Missä?"), Document(id="b", title="")]
    )
    assert (one.language, one.text) == ("fi", "Kotihoidon avaimet\nMissä?")
    assert "avain" in one.lemmas.split()
    assert one.query.shape == one.document.shape == (FakeEncoder.dim,)
    assert (empty.language, empty.text, empty.lemmas) == ("und", "", "")
    assert not empty.query.any()


def test_a_search_text_has_a_query_side_only(matcher):
    query = matcher.represent_query("avaimet", "fi")
    assert query.query.any()
    assert not query.document.any()
    assert query.language == "fi"


def test_the_version_tells_parameters_apart(matcher, matcher_folder, tmp_path):
    assert matcher.version == Matcher.load(matcher_folder, FakeEncoder()).version
    copy = shutil.copytree(matcher_folder, tmp_path / "matcher")
    manifest = copy / matcher.space_id / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"slope": ', '"slope": 1'))
    other = Matcher.load(copy, FakeEncoder())
    assert other.version != matcher.version
    assert other.version.startswith("m1-")


def test_an_encoder_without_parameters_is_refused(tmp_path):
    with pytest.raises(MatcherFileError, match="fit them"):
        Matcher.load(tmp_path, FakeEncoder())


def test_an_index_of_another_encoder_is_refused(matcher, index, real_matcher):
    with pytest.raises(MatcherFileError, match="another encoder"):
        real_matcher.search(representation(NEED), index, k=1)


def test_explain_gives_the_nearest_sentences_and_the_words_they_share(matcher):
    need = Document(id="n", title="Avaimet katoavat", body="Kukaan ei tiedä. Sijainen odottaa.")
    competence = Document(id="c", title="Tiimi auttaa", body="Hallitsemme avaimia. Syömme pullaa.")
    (first, *rest) = matcher.explain(need, competence)
    assert first.query_sentence == "Avaimet katoavat"
    assert first.document_sentence == "Hallitsemme avaimia."
    assert first.shared == ("avaimia",)
    assert 0 < first.similarity <= 1
    assert len(rest) <= 1


def test_explain_shares_only_translations_across_languages(matcher):
    need = Document(id="n", title="Robot grippers", language="en")
    competence = Document(id="c", title="Robot grippers", language="sv")
    (only,) = matcher.explain(need, competence)
    assert only.shared == ("robot",)


def test_explain_of_nothing_is_nothing(matcher):
    nothing = Document(id="n", title="")
    assert matcher.explain(nothing, Document(id="c", title="Tiimi")) == []


def test_bands_follow_the_scale(matcher):
    scale = matcher.parameters.scale
    assert scale.search <= scale.possible <= scale.good <= scale.strong
    assert scale.band(scale.strong) is Band.STRONG
    assert scale.band(scale.good) is Band.GOOD
    assert scale.band(scale.search) is Band.POSSIBLE


def test_a_title_stands_apart_from_what_follows(matcher):
    asked = matcher.represent_query("Avaimet katoavat.", title="Kotihoidon avaimet")
    (stored,) = matcher.represent(
        [Document(id="", title="Kotihoidon avaimet", body="Avaimet katoavat.")]
    )
    assert (asked.text, asked.lemmas) == (stored.text, stored.lemmas)
    assert np.array_equal(asked.query, stored.query)
