"""What a text may not gain, and what it may not lose, by how it is written."""

import json
import random
import unicodedata

import numpy as np
import pytest

from matching import Document, FakeEncoder, Index, Matcher, Row, load_encoder
from matching.text import MAX_CHARACTERS, canonical, compared, words
from tests.matching.remembering import answering

PLAIN = "Kotihoidon avaimet katoavat, koska sijainen tekee työtä yksin"
DISGUISES = {
    "Cyrillic letters": PLAIN.translate(
        str.maketrans("aeocpx", "\u0430\u0435\u043e\u0441\u0440\u0445")
    ),
    "Cyrillic letters with dots": PLAIN.replace("ö", "\u04e7").replace("ä", "\u04d3"),
    "Greek letters": PLAIN.translate(str.maketrans("oKv", "\u03bf\u039a\u03bd")),
    "marks without width": "\u200b".join(PLAIN),
    "direction marks": PLAIN.replace("i", "i\u2066"),
    "soft hyphens": PLAIN.replace("t", "\u00adt"),
    "decomposed letters": unicodedata.normalize("NFD", PLAIN),
    "tags": PLAIN.replace("k", "k\U000e0061"),
}
UNTOUCHED = [
    "\u0414\u043e\u043c\u0430 \u0438 \u0432 \u0441\u0430\u0434\u0443",  # words in Cyrillic only
    "Wi-Fi-\u0440\u043e\u0443\u0442\u0435\u0440 \u0438 SMS\u043a\u043e\u0439",
    "\u0397 \u03bf\u03bc\u03ac\u03b4\u03b1",  # Greek
    "5 \u03bcm, 3 k\u03a9, \u03b2-salpaajat ja \u0394t",
    "Ty\u00f6, pedagogik och care \u2764\ufe0f \U0001f469\u200d\U0001f469\u200d\U0001f467",
    "\u5bb6 \u05d1\u05d9\u05ea \u0918\u0930",
]
EMOJI = "Kotihoidon 🔑 avaimet katoavat 😱, koska sijainen tekee työtä yksin 🤷"


@pytest.fixture(scope="module")
def plain(real_matcher):
    return real_matcher.represent([Document(id="p", title=PLAIN, language="fi")])[0]


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES.keys())
def test_a_disguised_text_is_the_plain_text(real_matcher, plain, disguise):
    assert disguise != PLAIN
    (seen,) = real_matcher.represent([Document(id="d", title=disguise, language="fi")])
    assert (seen.text, seen.lemmas) == (plain.text, plain.lemmas)
    assert np.array_equal(seen.document, plain.document)
    assert np.array_equal(real_matcher.represent_query(disguise, "fi").query, plain.query)


@pytest.mark.parametrize("text", UNTOUCHED)
def test_text_of_another_alphabet_stays_as_it_is(text):
    assert compared(canonical(text)) == canonical(text)


def test_emoji_take_no_words_away_and_little_meaning(real_matcher, plain):
    (seen,) = real_matcher.represent([Document(id="e", title=EMOJI, language="fi")])
    assert words(seen.text) == words(plain.text)
    assert seen.lemmas == plain.lemmas
    assert seen.document @ plain.document >= 0.95


def test_ordinary_texts_are_compared_as_they_are(demo_folder):
    texts = [
        f"{canonical(document.title)}\n{canonical(document.body)}"
        for name in ("needs", "competences", "prior_works", "probes_near")
        for document in _documents(demo_folder, name)
    ]
    assert np.mean([compared(text) == text for text in texts]) >= 0.99


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Koti palaa. Koti palaa. Koti palaa.", "Koti palaa."),
        ("Koti palaa.\nKoti palaa.\nTalo seisoo.", "Koti palaa.\nTalo seisoo."),
        ("avain " * 100 + "katosi", "avain, katosi"),
        ("ei ole ei ole ei ole ei ole", "ei ole ei ole ei ole ei ole"),
        ("", ""),
    ],
)
def test_what_is_said_over_and_over_counts_a_few_times(text, same):
    assert compared(canonical(text) if "\n" not in text else text) == same


def test_a_list_of_keywords_counts_by_its_beginning_only():
    listed = [letter * 5 for letter in "abcdefghijklmnopqrstuvxyzåäö"]
    assert compared(" ".join(listed)) == ", ".join(listed[:10])
    prose = " ja ".join(listed)
    assert compared(prose) == prose


def _documents(folder, name):
    fields = ("problem", "wished_change", "description", "abstract", "text")
    with (folder / f"{name}.jsonl").open(encoding="utf-8") as file:
        lines = [json.loads(line) for line in file if line.strip()]
    return [
        Document(
            id=line["id"],
            title=line["title"],
            body=" ".join(line[field] for field in fields if line.get(field)),
            language=line["language"],
        )
        for line in lines
    ]


class DemoBank:
    """The demo competences, every fifth need that has right ones, and what each need finds."""

    def __init__(self, folder, matcher, answers):
        self.matcher = matcher
        self.answers = answers
        self.competences = _documents(folder, "competences")
        places = {document.id: place for place, document in enumerate(self.competences)}
        self.right: dict[str, set[int]] = {}
        with (folder / "pairs.jsonl").open(encoding="utf-8") as file:
            for pair in map(json.loads, file):
                self.right.setdefault(pair["need"], set()).add(places[pair["competence"]])
        answered = [each for each in _documents(folder, "needs") if each.id in self.right]
        self.needs = answered[::5]
        self.texts = [
            matcher.represent_query(f"{need.title} {need.body}", need.language)
            for need in self.needs
        ]
        represented = answers.represent(self.competences)
        self.rows = [Row(key, text, True) for key, text in enumerate(represented)]
        self.index = Index.build(self.rows)
        self.attacks = [
            (need, text, attacker)
            for need, text in zip(self.needs, self.texts, strict=True)
            if (attacker := self._attacker(need, text)) is not None
        ]

    def evidence(self, text, index=None):
        return self.matcher.similarities(text, index or self.index).evidence

    def _attacker(self, need, text):
        """Return a competence of the need's language that is midway among the wrong ones."""
        wrong = [
            place
            for place in np.argsort(-self.evidence(text)).tolist()
            if self.competences[place].language == need.language
            and place not in self.right[need.id]
        ]
        return wrong[len(wrong) // 2] if len(wrong) > 3 else None

    def attacked(self, write):
        """Let each attacker rewrite its text; return (places gained, share of right overtaken)."""
        changed = [
            Document(
                id="attack",
                title=self.competences[attacker].title,
                body=write(self.competences[attacker].body, need),
                language=need.language,
            )
            for need, _, attacker in self.attacks
        ]
        outcomes = []
        for (need, text, attacker), stuffed in zip(
            self.attacks, self.answers.represent(changed), strict=True
        ):
            honest = self.evidence(text)
            after = self.evidence(text, self.index.extended([Row(attacker, stuffed, public=True)]))
            gained = int((honest > honest[attacker]).sum() - (after > after[attacker]).sum())
            overtaken = np.mean([after[attacker] > after[each] for each in self.right[need.id]])
            outcomes.append((gained, overtaken))
        return np.array(outcomes)


@pytest.fixture(scope="module")
def bank(demo_folder, real_matcher, matcher_folder, builtin):
    answers = Matcher.load(matcher_folder, answering(builtin))
    return DemoBank(demo_folder, real_matcher, answers)


def _keywords(need):
    return [word for word in words(need.title) if len(word) >= 5]


def _once(body, need):
    return f"{body} {', '.join(_keywords(need))}."


def _often(body, need):
    return f"{body} {' '.join(_keywords(need) * 20)}."


def _all_keywords(body, need):
    listed = [word for word in words(need.body) if len(word) >= 5]
    return f"{_once(body, need)} {', '.join(dict.fromkeys(listed))}."


def _shuffled(body, need):
    stuffing = _keywords(need) * 20
    random.Random(0).shuffle(stuffing)
    return f"{body} {' '.join(stuffing)}."


@pytest.mark.slow
def test_a_paragraph_said_fifty_times_gains_no_place(bank):
    for separator in ("\n", " "):
        gained = bank.attacked(lambda body, _need, by=separator: by.join([body] * 50))[:, 0]
        assert len(gained) >= 10
        assert not gained.any()


@pytest.mark.slow
@pytest.mark.parametrize("write", [_often, _shuffled])
def test_keywords_said_twenty_times_gain_little_over_once(bank, write):
    once, often = bank.attacked(_once), bank.attacked(write)
    assert np.median(often[:, 0] - once[:, 0]) <= 1
    assert np.mean(often[:, 1] - once[:, 1]) <= 0.1


@pytest.mark.slow
def test_a_list_of_all_words_of_a_need_stays_behind_half_of_the_right_ones(bank):
    listed = bank.attacked(_all_keywords)
    assert np.mean(listed[:, 1]) <= 0.5


HUB = (
    "Kehitämme yhteistyötä ja osaamista. Toimimme sosiaali- ja terveysalalla, tekniikassa, "
    "liiketaloudessa, kasvatuksessa, kulttuurissa, luonnonvaroissa, ympäristössä ja "
    "palveluissa. Ratkaisemme tarpeita, haasteita ja ongelmia työelämän, opiskelijoiden, "
    "asiakkaiden, hoitajien, yritysten ja kuntien kanssa. Innovaatio, digitalisaatio, "
    "tekoäly, hyvinvointi, kestävyys, palvelumuotoilu, osallisuus ja vaikuttavuus ovat "
    "vahvuuksiamme."
)


@pytest.mark.slow
def test_a_text_near_everything_is_near_the_top_of_nothing(bank):
    (hub,) = bank.answers.represent(
        [Document(id="hub", title="Kehitämme yhdessä", body=HUB, language="fi")]
    )
    key = len(bank.rows)
    index = bank.index.extended([Row(key, hub, public=True)])
    evidence = [bank.evidence(text, index) for text in bank.texts]
    places = [int((each > each[key]).sum()) for each in evidence]
    assert min(places) >= 10


@pytest.mark.slow
def test_a_text_in_two_languages_is_still_found_by_its_finnish_half(bank):
    lost = []
    for need, text, _ in bank.attacks:
        honest = bank.evidence(text)
        right = max(bank.right[need.id], key=lambda place: honest[place])
        (both,) = bank.answers.represent(
            [
                Document(
                    id="both",
                    title=bank.competences[right].title,
                    body=f"{bank.competences[right].body} We also speak English and Swedish. "
                    "Vi hjälper er gärna på svenska, och våra studenter kommer till er.",
                    language=bank.competences[right].language,
                )
            ]
        )
        after = bank.evidence(text, bank.index.extended([Row(right, both, public=True)]))
        lost.append(int((after > after[right]).sum() - (honest > honest[right]).sum()))
    assert np.median(lost) <= 1
    assert max(lost) <= 10


@pytest.mark.slow
def test_empty_fields_stand_last_and_move_nobody(bank):
    empty = bank.answers.represent(
        [Document(id="1", title=""), Document(id="2", title=" \u200b", body="\n", language="fi")]
    )
    added = [Row(1000 + key, each, public=True) for key, each in enumerate(empty)]
    among = bank.index.extended(added)
    for text in bank.texts:
        before = [match.key for match in bank.matcher.search(text, bank.index, k=20)]
        assert [match.key for match in bank.matcher.search(text, among, k=20)] == before


@pytest.mark.slow
def test_any_order_of_rows_gives_the_same_scores_to_the_last_digit(bank):
    backwards = Index.build(bank.rows[::-1])
    grown = Index.build(bank.rows[40:]).extended(bank.rows[:40])
    for text in bank.texts:
        for index in (backwards, grown):
            assert np.array_equal(bank.evidence(text, index), bank.evidence(text))


@pytest.mark.slow
def test_alone_on_one_thread_no_score_moves_by_what_could_be_seen(bank, matcher_folder, cache_dir):
    """Only rows nearer to each other than twice the last digits may change places."""
    one_thread = load_encoder("builtin", cache_dir=cache_dir, threads=1)
    alone = Matcher.load(matcher_folder, answering(one_thread))
    rows = [
        Row(key, alone.represent([document])[0], True)
        for key, document in enumerate(bank.competences[:12])
    ]
    single = bank.index.extended(rows)
    for text in bank.texts:
        assert np.abs(bank.evidence(text, single) - bank.evidence(text)).max() < 1e-5


class CountingEncoder(FakeEncoder):
    """Counts what is encoded: the time of an encoder grows with sequences and their length."""

    def __init__(self):
        super().__init__()
        self.lengths = []

    def encode(self, texts, side):
        self.lengths += [len(canonical(text)) for text in texts]
        return super().encode(texts, side)


LONG = {
    "words": "sana " * 4000,
    "different words": " ".join(f"{number:x}sana" for number in range(2500)),
    "sentences": "".join(f"Talo {number}. " for number in range(2000)),
    "lines": "".join(f"Talo {number}\n" for number in range(2000)),
    "one letter": "a" * 20_000,
    "look-alikes": "k\u043eti " * 4000,
    "marks": "a\u0308\u200b" * 6000,
    "stops": ". " * 10_000,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_twenty_thousand_characters_are_a_bounded_number_of_sequences(matcher_folder, text):
    encoder = CountingEncoder()
    counting = Matcher.load(matcher_folder, encoder)
    long = Document(id="long", title="Avaimet", body=text, language="fi")
    counting.represent([long])
    assert len(encoder.lengths) == 2
    assert max(encoder.lengths) <= MAX_CHARACTERS
    encoder.lengths.clear()
    counting.explain(long, long)
    # Up to 60 sentences on each side, the need, the competence and it less one of 8 sentences.
    assert len(encoder.lengths) <= 60 + 60 + 1 + 1 + 8 + 1
    assert sum(encoder.lengths) <= 13 * MAX_CHARACTERS
