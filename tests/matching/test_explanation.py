"""Evidence is true: a match rests on what is quoted, and what is said to be shared is shared."""

import json

import numpy as np
import pytest

from matching import Document, Index, Matcher, Row
from matching.lemmas import default_analyser
from matching.text import canonical, compared, sentences, words
from tests.matching.remembering import Remembering, answering


def _read(folder, name):
    with (folder / f"{name}.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def _document(line):
    body = " ".join(
        line[field] for field in ("problem", "wished_change", "description") if line.get(field)
    )
    return Document(id=line["id"], title=line["title"], body=body, language=line["language"])


class Explained:
    """A demo pair, its evidence, and what the bank's score loses without each sentence."""

    def __init__(self, matcher, answers, index, key, need, competence):
        self.need, self.competence = need, competence
        self.evidence = matcher.explain(need, competence)
        asked = matcher.represent_query(f"{need.title} {need.body}", need.language)
        self.sentences = [competence.title, *sentences(canonical(competence.body))]
        without = [self._without(place) for place in range(len(self.sentences))]
        whole = float(matcher.similarities(asked, index).evidence[key])
        self.lost = []
        for each in answers.represent(without):
            changed = index.extended([Row(key, each, public=True)])
            self.lost.append(whole - float(matcher.similarities(asked, changed).evidence[key]))

    def _without(self, place):
        body = [each for at, each in enumerate(self.sentences) if at not in {0, place}]
        return Document(
            id=self.competence.id,
            title=self.competence.title if place else "",
            body=" ".join(body),
            language=self.competence.language,
        )

    def quoted(self):
        return self.sentences.index(self.evidence[0].document_sentence)


@pytest.fixture(scope="module")
def explained(demo_folder, matcher_folder, builtin):
    """Every sixth pair, in the bank of all competences."""
    matcher = Matcher.load(matcher_folder, Remembering(builtin))
    answers = Matcher.load(matcher_folder, answering(builtin))
    needs = {line["id"]: _document(line) for line in _read(demo_folder, "needs")}
    competences = [_document(line) for line in _read(demo_folder, "competences")]
    index = Index.build(
        [Row(key, text, True) for key, text in enumerate(answers.represent(competences))]
    )
    keys = {document.id: key for key, document in enumerate(competences)}
    pairs = _read(demo_folder, "pairs")[::6]
    return [
        Explained(
            matcher,
            answers,
            index,
            keys[pair["competence"]],
            needs[pair["need"]],
            competences[keys[pair["competence"]]],
        )
        for pair in pairs
    ]


@pytest.mark.slow
def test_without_the_quoted_sentence_a_pair_loses_more_than_without_another(explained):
    assert len(explained) >= 20
    most = [pair.lost[pair.quoted()] >= max(pair.lost) for pair in explained]
    assert np.mean(most) >= 0.9


@pytest.mark.slow
def test_without_the_quoted_sentence_a_pair_always_loses(explained):
    assert min(pair.lost[pair.quoted()] for pair in explained) > 0


@pytest.mark.slow
def test_shared_words_occur_in_both_texts(explained):
    analyser = default_analyser()
    shared = [
        (pair, each, word)
        for pair in explained
        if pair.need.language == pair.competence.language
        for each in pair.evidence
        for word in each.shared
    ]
    assert len(shared) >= 10
    for pair, each, word in shared:
        assert word in words(each.document_sentence)
        language = pair.need.language
        asked = {
            form for other in words(each.query_sentence) for form in analyser.word(other, language)
        }
        assert asked & set(analyser.word(word, language))


@pytest.fixture(scope="module")
def explaining(matcher_folder, builtin):
    return Matcher.load(matcher_folder, builtin)


SAW = Document(id="", title="Vannesaha jumittaa", body="Terä on tylsä ja saha pysähtyy.")


def test_what_is_shared_across_languages_is_its_translation(explaining):
    offer = Document(id="", title="We service band saws", body="Lunch is at noon.", language="en")
    (first, *_) = explaining.explain(SAW, offer)
    assert first.document_sentence == offer.title
    assert {"band", "saws"} & set(first.shared) or "saw" in " ".join(first.shared)
    assert "we" not in first.shared


def test_words_that_name_nothing_are_not_called_shared(explaining):
    offer = Document(id="", title="Saha on meillä hallissa", body="Se on tarpeen.", language="fi")
    evidence = explaining.explain(SAW, offer)
    shared = [word for each in evidence for word in each.shared]
    assert "saha" in shared
    assert not {"on", "ja", "se"} & set(shared)


def test_a_part_of_a_need_that_nothing_is_near_to_is_named(explaining):
    body = "Vannesaha jumittaa ja terä on tylsä. Tulkkia ei saa viikonloppuisin."
    need = Document(id="", title="Vannesaha jumittaa", body=body, language="fi")
    offer = Document(id="", title="Vannesahan huolto", body="Teroitamme terät.", language="fi")
    assert explaining.unanswered(need, offer, limit=1) == [body.split(". ")[1]]
    other = Document(id="", title="Tulkit", body="Tulkkia saa aina.", language="fi")
    assert explaining.unanswered(need, offer, further=[other]) == []
    assert explaining.unanswered(Document(id="", title=""), offer) == []


@pytest.mark.slow
def test_quoted_sentences_are_the_authors_own(explained):
    for pair in explained:
        for each in pair.evidence:
            need = canonical(f"{pair.need.title} {pair.need.body}")
            competence = canonical(f"{pair.competence.title} {pair.competence.body}")
            assert each.query_sentence in need
            assert each.document_sentence in competence


@pytest.mark.slow
def test_the_evidence_is_the_same_whatever_was_explained_before(explained, matcher_folder, builtin):
    fresh = Matcher.load(matcher_folder, builtin)
    for pair in explained[4::-1]:
        again = fresh.explain(pair.need, pair.competence)
        assert [each.document_sentence for each in again] == [
            each.document_sentence for each in pair.evidence
        ]
        assert [(each.query_sentence, each.shared) for each in again] == [
            (each.query_sentence, each.shared) for each in pair.evidence
        ]


def _references(line):
    return [
        Document(
            id=f"{line['id']}-{place}",
            title=each["title"],
            body=each["description"],
            language=each.get("language", line["language"]),
        )
        for place, each in enumerate(line["references"])
    ]


class Offered:
    """A competence with what it has done, alone in its bank, as a need finds it."""

    def __init__(self, matcher, asked, texts):
        self._matcher, self._asked, self._texts = matcher, asked, texts

    def score(self, without=""):
        """Return the match's score when a sentence is taken out of all texts; 0 is no match."""
        own, *done = self._matcher.represent([_cut(each, without) for each in self._texts])
        rows = [Row(key, text, False, 0) for key, text in enumerate(done, start=1)]
        further, index = Index.build(rows), Index.build([Row(0, own, False)])
        found = self._matcher.match(self._asked, index, k=1, further=further)
        return found[0].score if found else 0.0


def _cut(document, sentence):
    title, body = (
        " ".join(each for each in sentences(canonical(text)) if each != sentence)
        for text in (document.title, document.body)
    )
    return Document(id=document.id, title=title, body=body, language=document.language)


@pytest.mark.slow
def test_a_match_rests_on_what_is_quoted_of_what_was_done_too(demo_folder, matcher_folder, builtin):
    real_matcher = Matcher.load(matcher_folder, Remembering(builtin))
    needs = {line["id"]: _document(line) for line in _read(demo_folder, "needs")}
    offers = {line["id"]: line for line in _read(demo_folder, "competences")}
    quoted_of_done = 0
    pairs = [
        pair for pair in _read(demo_folder, "pairs") if "references" in offers[pair["competence"]]
    ]
    for pair in pairs[::3]:
        line, need = offers[pair["competence"]], needs[pair["need"]]
        own, done = _document(line), _references(line)
        asked = real_matcher.represent([need])[0]
        offered = Offered(real_matcher, asked, [own, *done])
        whole = offered.score()
        if not whole:
            continue
        (first, *_) = real_matcher.explain(need, own, further=done)
        assert offered.score(without=first.document_sentence) < whole, (pair, first)
        quoted_of_done += first.text > 0
    assert quoted_of_done >= 3


NEED = Document(id="n", title="Avaimet katoavat kotihoidossa", language="fi")


def test_a_sentence_said_twice_is_quoted_once(matcher):
    twice = Document(id="c", title="Hallitsemme avaimia.", body="Hallitsemme avaimia. " * 5)
    assert [each.document_sentence for each in matcher.explain(NEED, twice)] == [
        "Hallitsemme avaimia."
    ]


def test_what_matters_is_found_far_down_in_a_long_text(matcher):
    filler = " ".join(f"Talo {number} seisoo." for number in range(30))
    long = Document(id="c", title="Tiimi", body=f"{filler} Avaimet kotihoidossa.", language="fi")
    (first, *_) = matcher.explain(NEED, long)
    assert first.document_sentence == "Avaimet kotihoidossa."
    assert first.shared == ("avaimet", "kotihoidossa")


def test_disguised_words_are_shared_too(matcher):
    disguised = Document(id="c", title="Av\u0430imet kotih\u043eidossa", language="fi")
    (only,) = matcher.explain(NEED, disguised)
    assert only.shared == ("avaimet", "kotihoidossa")
    assert compared(disguised.title) == "Avaimet kotihoidossa"
