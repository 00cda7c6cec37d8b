"""Dublin Core, as repositories fill it in, becomes one clear record or is refused with reasons."""

import pytest

from needsbank.domain.harvests import BadRecord, Request
from needsbank.domain.languages import Language
from needsbank.domain.licences import Licence
from needsbank.domain.prior_works import PriorWorkKind, RecordPriorWork
from needsbank.sources.dublin_core import to_record

DC = "{http://purl.org/dc/elements/1.1/}"
TERMS = "{http://purl.org/dc/terms/}"
FINNISH = (
    "Opinnäytetyössä kehitettiin kotihoidon sijaisille perehdytysopas, joka helpottaa töiden"
    " aloittamista ja vähentää virheitä."
)
ENGLISH = (
    "The thesis developed an orientation guide for substitutes in home care, which makes starting"
    " the work easier and reduces errors."
)


def record(*fields, **values):
    """Read fields given as "name", "terms:name" or "name@language" with their text."""
    request = Request(name="Repo", address="", **{"licence": Licence.CC0, **values})
    named = []
    for said, text in fields:
        name, _, language = said.partition("@")
        terms = name.startswith("terms:")
        named.append((TERMS + name[6:] if terms else DC + name, text, language))
    read = to_record("oai:x:1", named, request, latest_year=2027)
    assert isinstance(read, RecordPriorWork | BadRecord)
    return read


def test_a_qualified_record():
    read = record(
        ("title@fi", "Perehdytysopas  kotihoitoon"),
        ("terms:alternative@en", "An orientation guide"),
        ("terms:abstract@en", ENGLISH),
        ("terms:abstract@fi", FINNISH),
        ("terms:issued", "2019"),
        ("terms:available", "2021-03-04T05:06:07Z"),
        ("language", "fin"),
        ("type@fi", "AMK-opinnäytetyö"),
        ("subject", "kotihoito"),
        ("subject", "http://www.yso.fi/onto/yso/p1"),
        ("subject", "kotihoito"),
        ("rights", "https://creativecommons.org/licenses/by/4.0/"),
        ("identifier", "https://repo.example/bitstream/1/thesis.pdf"),
        ("identifier", "URN:NBN:fi:amk-201901011"),
    )
    assert read == RecordPriorWork(
        source="Repo",
        source_key="oai:x:1",
        title="Perehdytysopas kotihoitoon",
        abstract=FINNISH,
        kind=PriorWorkKind.THESIS,
        year=2019,
        language=Language.FI,
        url="https://urn.fi/URN:NBN:fi:amk-201901011",
        subjects=("kotihoito", "http://www.yso.fi/onto/yso/p1"),
        licence=Licence.CC_BY,
    )


def test_a_record_that_says_little_takes_what_the_source_says_of_all():
    read = record(
        ("title", "Guide"),
        licence=Licence.IN_COPYRIGHT,
        language=Language.EN,
        work_kind=PriorWorkKind.REPORT,
    )
    assert (read.language, read.kind, read.licence) == (
        Language.EN,
        PriorWorkKind.REPORT,
        Licence.IN_COPYRIGHT,
    )
    assert (read.abstract, read.year, read.url, read.subjects) == ("", None, "", ())


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("fi", Language.FI),
        ("fin", Language.FI),
        ("suomi", Language.FI),
        ("en_US", Language.EN),
        ("Svenska", Language.SV),
        ("rus", Language.OTHER),
        ("", Language.FI),
    ],
)
def test_languages(said, language):
    fields = [("title", "Kotihoidon sijaisten perehdytys"), *([("language", said)] if said else [])]
    assert record(*fields).language is language


def test_the_first_language_that_is_ours_counts():
    assert record(("title", "x"), ("language", "rus"), ("language", "swe")).language is Language.SV


@pytest.mark.parametrize(
    ("titles", "chosen"),
    [
        ([("title@en", "Guide"), ("title@fi", "Opas")], "Opas"),
        ([("title@en", "Guide"), ("title", "Opas")], "Opas"),
        ([("title", "Opas"), ("title", "Guide")], "Opas"),
        ([("title@en", "Guide")], "Guide"),
        ([("terms:alternative@fi", "Opas")], "Opas"),
    ],
)
def test_the_title_in_the_records_language(titles, chosen):
    assert record(*titles, ("language", "fi")).title == chosen


@pytest.mark.parametrize("language", ["fi", "en"])
@pytest.mark.parametrize("name", ["terms:abstract", "description"])
@pytest.mark.parametrize("turned", [False, True])
def test_the_abstract_in_the_records_language_also_without_a_code(name, language, turned):
    texts = [(name, FINNISH), (name, ENGLISH)][:: -1 if turned else 1]
    read = record(("title", "x"), ("language", language), *texts, ("description", "Peer reviewed"))
    assert read.abstract == (FINNISH if language == "fi" else ENGLISH)


def test_an_abstract_in_another_language_is_better_than_none():
    read = record(("title", "x"), ("language", "sv"), ("terms:abstract@en", ENGLISH))
    assert read.abstract == ENGLISH


def test_notes_are_no_abstract():
    assert record(("title", "x"), ("description", "Peer reviewed")).abstract == ""


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("info:eu-repo/semantics/bachelorThesis", PriorWorkKind.THESIS),
        (
            "fi=Pro gradu -tutkielma|sv=Avhandling pro gradu|en=Master's thesis|",
            PriorWorkKind.THESIS,
        ),
        ("Väitöskirja", PriorWorkKind.THESIS),
        ("Examensarbete", PriorWorkKind.THESIS),
        ("A1 Alkuperäisartikkeli", PriorWorkKind.ARTICLE),
        ("Raportti", PriorWorkKind.REPORT),
        ("Toimintamalli", PriorWorkKind.SERVICE_MODEL),
        ("Text", PriorWorkKind.OTHER),
    ],
)
def test_kinds(said, kind):
    assert record(("title", "x"), ("type", said)).kind is kind


@pytest.mark.parametrize(
    ("dates", "year"),
    [
        ([("date", "2014-05-02T10:00:00Z"), ("date", "1998")], 1998),
        ([("date", "2014"), ("terms:issued", "2013-12")], 2013),
        ([("terms:created", "[1975?]")], 1975),
        ([("date", "20141231")], None),
        ([("date", "2099")], None),
        ([("date", "soon")], None),
        ([], None),
    ],
)
def test_years(dates, year):
    assert record(("title", "x"), *dates).year == year


@pytest.mark.parametrize(
    ("identifiers", "url"),
    [
        (
            ["https://repo.example/handle/1", "http://urn.fi/URN:NBN:fi:x"],
            "http://urn.fi/URN:NBN:fi:x",
        ),
        (["https://repo.example/a.pdf", "https://repo.example/a"], "https://repo.example/a"),
        (["https://repo.example/a.pdf"], "https://repo.example/a.pdf"),
        (["doi:10.1234/abc"], "https://doi.org/10.1234/abc"),
        (["10.1234/abc", "https://repo.example/a"], "https://doi.org/10.1234/abc"),
        (["urn:isbn:978-952-00-0000-0"], "https://urn.fi/urn:isbn:978-952-00-0000-0"),
        (["ISBN 978-952", "javascript:alert(1)", "ftp://repo.example/a"], ""),
    ],
)
def test_addresses(identifiers, url):
    assert record(("title", "x"), *(("identifier", each) for each in identifiers)).url == url


def test_one_value_in_three_languages_is_read_in_the_records():
    read = record(
        ("title", "x"),
        ("language", "sv"),
        ("subject", "fi=hoito|sv=vård|en=care|"),
        ("subject", "a|b"),
    )
    assert read.subjects == ("vård", "a|b")


def test_a_record_without_a_title_is_refused():
    assert record(("terms:abstract", FINNISH)) == BadRecord("oai:x:1", {"title": "required"})


def test_a_text_that_is_too_long_refuses_the_record():
    read = record(("title", "x" * 501), ("terms:abstract", "y" * 20_001))
    assert read == BadRecord("oai:x:1", {"title": "too_long", "abstract": "too_long"})


def test_a_long_identifier_gets_a_short_key_of_its_own():
    keys = set()
    for end in "ab":
        request = Request(name="Repo", address="", licence=Licence.CC0)
        read = to_record(
            "oai:" + "x" * 300 + end, [(DC + "title", "t", "")], request, latest_year=2027
        )
        assert isinstance(read, RecordPriorWork)
        keys.add(read.source_key)
    assert len(keys) == 2
    assert all(len(key) <= 200 for key in keys)


def test_elements_of_other_vocabularies_are_not_read():
    request = Request(name="Repo", address="", licence=Licence.CC0)
    read = to_record("oai:x:1", [("{http://other}title", "t", "")], request, latest_year=2027)
    assert isinstance(read, BadRecord)
