"""An archive finds the rows by which the usual comparison gives the answer it gives of all."""

import gzip
import json
from dataclasses import replace

import numpy as np
import pytest

from matching import Breadth, Chosen, Document, DuplicateDetector, Index, MatcherFileError, Row
from matching.archive_building import ArchiveBuilder
from tests.matching.makers import representation, rows

SUBJECTS = ["avaimet", "aikataulut", "ruoka", "liikunta", "vesi", "energia", "etäkokous", "metsä"]
PLACES = ["kotihoidossa", "koulussa", "satamassa", "kirjastossa", "kylässä", "tehtaassa"]
ACTS = ["katoavat", "myöhästyvät", "puuttuvat", "unohtuvat", "muuttuvat"]
TEXTS = [f"{s} {a} {p}" for s in SUBJECTS for p in PLACES for a in ACTS]
NARROW = Breadth(near=40, worded=40, likely=40)


@pytest.fixture
def build(matcher, tmp_path):
    def build(some, *, exact_up_to=10**6, folder="archive"):
        made = tmp_path / folder
        builder = ArchiveBuilder(made, matcher.parameters.space, exact_up_to=exact_up_to)
        for start in range(0, len(some), 100):
            builder.add(some[start : start + 100])
        for _ in builder.finish():
            pass
        return matcher.load_archive(made)

    return build


def searched(matcher, archive, some, text, chosen=None, breadth=NARROW):
    """Return an index of the rows worth comparing, as a caller makes it of what it stores."""
    keys = matcher.shortlist(text, archive, breadth, chosen or Chosen())
    by_key = {row.key: row for row in some}
    return Index.build([by_key[key] for key in keys.tolist()], archive.census)


def found(detector, text, index):
    return [(each.key, each.probability, each.band) for each in detector.find(text, index, k=3)]


@pytest.mark.parametrize("exact_up_to", [10**6, 10], ids=["exact", "graph"])
def test_answers_are_those_of_a_comparison_with_all_rows(matcher, detector, build, exact_up_to):
    some = rows(TEXTS)
    archive, whole = build(some, exact_up_to=exact_up_to), Index.build(some)
    for text in TEXTS[::17]:
        asked = representation(text + " taas")
        index = searched(matcher, archive, some, asked)
        assert len(index) < len(whole) / 2
        assert found(detector, asked, index) == found(detector, asked, whole)
        hits = [(hit.key, hit.score) for hit in matcher.search(asked, index, k=5)]
        assert hits == [(hit.key, hit.score) for hit in matcher.search(asked, whole, k=5)]


def test_rows_that_came_later_are_found_and_take_the_place_of_former_ones(matcher, detector, build):
    some = rows(TEXTS)
    later = [replace(row, key=3) for row in rows(["jotain aivan muuta"])]
    archive = build(some).updated(later)
    asked = representation(TEXTS[3])
    former = searched(matcher, archive, [*some[:3], *later, *some[4:]], asked)
    assert TEXTS[3] not in [former.texts.text(row) for row in range(len(former))]
    other = representation("jotain aivan muuta")
    assert 3 in matcher.shortlist(other, archive, NARROW).tolist()


def test_the_last_of_rows_with_one_key_counts(matcher, build):
    some = rows(TEXTS)
    archive = build([*some, replace(rows(["jotain aivan muuta"])[0], key=3)])
    assert 3 in matcher.shortlist(representation("aivan muuta"), archive, NARROW).tolist()
    assert len(archive) == len(TEXTS)


@pytest.mark.parametrize("exact_up_to", [10**6, 10], ids=["exact", "graph"])
def test_only_chosen_rows_are_found(matcher, build, exact_up_to):
    some = [replace(row, facet=row.key % 3) for row in rows(TEXTS)]
    archive = build(some[:150], exact_up_to=exact_up_to).updated(some[150:])
    asked = representation(TEXTS[0])
    of_facet = matcher.shortlist(asked, archive, NARROW, Chosen(facets={1}))
    assert len(of_facet) >= NARROW.near
    assert {*(of_facet % 3).tolist()} == {1}
    allowed = np.array([5, 77, 160, 9999])
    assert matcher.shortlist(asked, archive, NARROW, Chosen(allowed=allowed)).tolist() == [
        5,
        77,
        160,
    ]
    without = matcher.shortlist(asked, archive, NARROW, Chosen(excluded=np.arange(1, 240)))
    assert without.tolist() == [0]
    both = Chosen(allowed=allowed, excluded=np.array([77]), facets={1, 2})
    assert matcher.shortlist(asked, archive, NARROW, both).tolist() == [5, 160]


def test_hidden_rows_neither_show_nor_shift_anything(matcher, detector, build):
    """With twins of every row that the reader may not find, answers are equal to the last bit."""
    some = rows(TEXTS)
    hidden = rows([f"{text} salassa" for text in TEXTS], public=False, first_key=1000)
    without, with_hidden = build(some), build([*some, *hidden], folder="hidden")
    excluded = Chosen(excluded=np.array([row.key for row in hidden]))
    for text in TEXTS[::23]:
        asked = representation(text)
        open_only = searched(matcher, without, some, asked)
        beside = searched(matcher, with_hidden, [*some, *hidden], asked, excluded)
        assert found(detector, asked, beside) == found(detector, asked, open_only)
        assert found(detector, asked, open_only)


def test_an_empty_archive_takes_rows(matcher):
    archive = matcher.empty_archive()
    asked = representation(TEXTS[0])
    assert matcher.shortlist(asked, archive, NARROW).tolist() == []
    assert 0 in matcher.shortlist(asked, archive.updated(rows(TEXTS)), NARROW).tolist()


@pytest.mark.parametrize("name", ["vectors.faiss", "manifest.json"])
def test_a_damaged_archive_is_refused(matcher, build, tmp_path, name):
    build(rows(TEXTS))
    path = tmp_path / "archive" / name
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(MatcherFileError):
        matcher.load_archive(tmp_path / "archive")


@pytest.mark.slow
def test_on_real_titles_the_answers_are_those_of_a_comparison_with_all(
    real_matcher, matcher_folder, shared_folder, tmp_path
):
    """Of the rows that a comparison with all weighs closely, at least 99 of 100 are found."""
    with gzip.open(shared_folder / "data" / "finna_titles.jsonl.gz", "rt") as file:
        titles = [json.loads(line)["title"] for line, _ in zip(file, range(1500), strict=False)]

    read = real_matcher.represent([Document(id="", title=title) for title in titles])
    halves = [
        replace(
            each,
            query=each.query.astype(np.float16).astype(np.float32),
            document=each.document.astype(np.float16).astype(np.float32),
        )
        for each in read
    ]
    some = [Row(key, each, True) for key, each in enumerate(halves)]
    builder = ArchiveBuilder(tmp_path / "real", real_matcher.parameters.space)
    builder.add(some)
    for _ in builder.finish():
        pass
    archive = real_matcher.load_archive(tmp_path / "real")
    detector, whole = DuplicateDetector.load(matcher_folder, real_matcher), Index.build(some)
    breadth, same, kept = Breadth(near=300, worded=200, likely=150), [], []
    for title in titles[::25]:
        asked = real_matcher.represent_query(" ".join(title.split()[::-1]))
        index = searched(real_matcher, archive, some, asked, breadth=breadth)
        same.append(found(detector, asked, index) == found(detector, asked, whole))
        best = [hit.key for hit in real_matcher.search(asked, whole, k=20)]
        kept.append(len({*best} & {*index.keys.tolist()}) / max(len(best), 1))
    assert np.mean(same) == 1.0
    assert np.mean(kept) >= 0.97
