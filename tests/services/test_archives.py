"""Very many works are searched through an archive: same answers, shared, rebuilt, never half."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from sqlalchemy import delete, insert, select

from needsbank import jobs
from needsbank.db.models import Embedding, PriorWork, Subject
from needsbank.db.queries.prior_works import PriorWorkFilter, facet
from needsbank.db.transaction import transaction
from needsbank.domain.answers import MOST_HITS
from needsbank.domain.clock import now
from needsbank.domain.languages import Language
from needsbank.domain.prior_works import PriorWorkKind
from needsbank.domain.roles import ANONYMOUS
from needsbank.services import archives, embedding
from needsbank.services.answering import answer_text
from needsbank.services.browsing import PAGE_SIZE, Wanted, browse_prior_works
from needsbank.services.retrieval import Retrieval
from tests.conftest import ROOT
from tests.factories import add_prior_work

SUBJECTS = ["keys", "schedules", "meals", "exercise", "water", "energy", "meetings", "forests"]
PLACES = ["home care", "a school", "the harbour", "the library", "our village", "a factory"]
ACTS = ["are lost in", "are late in", "are missing in", "are forgotten in", "change in"]
TITLES = [f"{s} {a} {p}" for s in SUBJECTS for p in PLACES for a in ACTS]
KINDS = [PriorWorkKind.THESIS, PriorWorkKind.PROJECT, PriorWorkKind.REPORT]
LANGUAGES = [Language.EN, Language.FI]
MANY = len(TITLES)


@pytest.fixture
def works(session, engine, retrieval):
    """Add works with vectors, few enough to be searched without an archive."""
    some = [
        add_prior_work(
            session,
            title=title,
            kind=KINDS[number % len(KINDS)],
            language=LANGUAGES[number % len(LANGUAGES)],
        )
        for number, title in enumerate(TITLES)
    ]
    jobs.embed_pending(engine, retrieval, Subject.PRIOR_WORK)
    return some


@pytest.fixture
def large(monkeypatch):
    """What is many elsewhere is many here."""
    monkeypatch.setattr(archives, "LARGE_FROM", MANY)
    monkeypatch.setattr(archives, "UNSAVED_ROWS", 20)
    monkeypatch.setattr(archives, "_READ_AT_ONCE", 50)
    monkeypatch.setattr(archives, "_LOOK_SECONDS", 0.0)


@pytest.fixture
def another(fake_matcher, fake_detector, settings):
    """Make the retrieval of another process on the same bank."""
    return lambda: Retrieval(fake_matcher, fake_detector, settings.instance / "index")


@pytest.fixture
def small(another, session, works):
    """A retrieval that holds all rows in memory, as a process that has seen few of them."""
    made = another()
    made.archives = {}
    return made


def similar(session, retrieval, title):
    session.rollback()
    found = answer_text(session, retrieval, ANONYMOUS, title, "").hits
    return [(each.found.title, each.sure, each.relation, each.differences) for each in found]


def listed(session, retrieval, words, **narrowed):
    session.rollback()
    page = browse_prior_works(session, retrieval, PriorWorkFilter(**narrowed), Wanted(words))
    return [work.title for work in page.rows]


def saved(settings):
    return sorted((settings.instance / "index").glob("prior_work-*/archive/0*"))


def change(session, engine, retrieval, work, title):
    with transaction(session):
        changed = session.get_one(PriorWork, work.id)
        changed.title, changed.embedded_in = title, None
    jobs.embed_pending(engine, retrieval, Subject.PRIOR_WORK)


def test_answers_are_those_of_a_small_bank(session, engine, small, another, large, settings):
    through = another()
    assert not through.build_archives(engine)
    assert len(saved(settings)) == 1
    for title in TITLES[::31]:
        assert similar(session, through, f"{title} again") == similar(
            session, small, f"{title} again"
        )
        assert listed(session, through, title) == listed(session, small, title)
    assert through.indexes[Subject.PRIOR_WORK]._index is None, "all rows were read all the same"


@pytest.mark.parametrize(
    "narrowed",
    [
        {"kind": PriorWorkKind.THESIS},
        {"language": Language.FI},
        {"kind": PriorWorkKind.REPORT, "language": Language.EN},
    ],
)
def test_a_narrowed_search_finds_what_it_finds_in_a_small_bank(
    session, engine, small, another, large, narrowed
):
    through = another()
    through.build_archives(engine)
    found = listed(session, through, "keys are lost", **narrowed)
    assert found == listed(session, small, "keys are lost", **narrowed)
    assert len(found) == PAGE_SIZE


def test_works_are_found_before_any_archive_is_built(session, small, another, large):
    through = another()
    assert similar(session, through, TITLES[5])[0][0] == TITLES[5]


def test_a_process_takes_in_only_so_many_rows_at_once(session, small, another, large, monkeypatch):
    monkeypatch.setattr(archives, "_LATER_AT_ONCE", 100)
    through, asked = another(), TITLES[-1]
    first = similar(session, through, asked)
    assert asked not in [title for title, *_ in first]
    for _ in range(2):
        last = similar(session, through, asked)
    assert last[0][0] == asked


def test_another_process_sees_rows_that_are_written_after_the_archive(
    session, engine, retrieval, works, another, large
):
    retrieval.build_archives(engine)
    other = another()
    assert similar(session, other, TITLES[0])[0][0] == TITLES[0]
    add_prior_work(session, title="otters have moved into the sauna")
    jobs.embed_pending(engine, retrieval, Subject.PRIOR_WORK)
    found = similar(session, other, "otters have moved into the sauna")
    assert found[0][0] == "otters have moved into the sauna"


def test_another_process_goes_over_to_a_new_archive(
    session, engine, retrieval, works, another, large, settings
):
    retrieval.build_archives(engine)
    other = another()
    similar(session, other, TITLES[0])
    for number in range(30):
        add_prior_work(session, title=f"otter number {number} has moved into the sauna")
    jobs.embed_pending(engine, retrieval, Subject.PRIOR_WORK)
    before = saved(settings)
    retrieval.build_archives(engine)
    assert len(saved(settings)) == 1
    assert saved(settings) != before
    asked = "otter number 7 has moved into the sauna"
    assert similar(session, other, asked)[0][0] == asked


def test_a_changed_work_is_found_by_what_it_says_now(
    session, engine, retrieval, works, another, large
):
    retrieval.build_archives(engine)
    other = another()
    change(session, engine, retrieval, works[7], "otters have moved into the sauna")
    assert TITLES[7] not in [title for title, *_ in similar(session, other, TITLES[7])]
    found = similar(session, other, "otters have moved into the sauna")
    assert found[0][0] == "otters have moved into the sauna"


def test_a_work_that_is_gone_is_not_found_and_takes_no_place(
    session, engine, retrieval, works, another, large
):
    retrieval.build_archives(engine)
    other = another()
    assert similar(session, other, TITLES[7])[0][0] == TITLES[7]
    with transaction(session):
        embedding.forget(session, Subject.PRIOR_WORK, works[7].id)
        session.execute(delete(PriorWork).where(PriorWork.id == works[7].id))
    left = [title for title, *_ in similar(session, other, TITLES[7])]
    assert TITLES[7] not in left
    assert len(left) == MOST_HITS


def test_no_archive_is_built_of_few_rows_or_for_few_new_ones(
    session, engine, retrieval, works, large, settings, monkeypatch
):
    monkeypatch.setattr(archives, "LARGE_FROM", MANY + 1)
    retrieval.build_archives(engine)
    assert saved(settings) == []
    monkeypatch.setattr(archives, "LARGE_FROM", MANY)
    retrieval.build_archives(engine)
    (first,) = saved(settings)
    add_prior_work(session, title="one more")
    jobs.embed_pending(engine, retrieval, Subject.PRIOR_WORK)
    retrieval.build_archives(engine)
    assert saved(settings) == [first]


def test_building_pauses_and_goes_on(engine, retrieval, works, large, settings):
    rounds = 1
    while retrieval.build_archives(engine, seconds=0):
        assert saved(settings) == []
        rounds += 1
    assert rounds > MANY / 50
    assert len(saved(settings)) == 1


def test_rows_that_are_written_while_an_archive_is_built_are_found(
    session, engine, retrieval, works, another, large
):
    assert retrieval.build_archives(engine, seconds=0)
    change(session, engine, retrieval, works[7], "otters have moved into the sauna")
    retrieval.build_archives(engine)
    found = similar(session, another(), "otters have moved into the sauna")
    assert found[0][0] == "otters have moved into the sauna"


DIES = """
import os, signal, sys
from pathlib import Path
from matching import DuplicateDetector, FakeEncoder, Matcher
from needsbank.db.base import make_engine
from needsbank.services import archives
from needsbank.services.retrieval import Retrieval

archives.LARGE_FROM, archives.UNSAVED_ROWS, archives._READ_AT_ONCE = {many}, 20, 50
matcher = Matcher.load(Path("data/matcher"), FakeEncoder())
detector = DuplicateDetector.load(Path("data/matcher"), matcher)
retrieval = Retrieval(matcher, detector, Path(sys.argv[1]) / "index")
engine = make_engine("sqlite:///" + sys.argv[1] + "/bank.db")
for _ in range({steps}):
    assert retrieval.build_archives(engine, seconds=0)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("steps", [2, MANY // 50 + 2])
def test_a_builder_that_is_killed_leaves_nothing_half(
    session, engine, retrieval, works, another, large, settings, steps
):
    code = DIES.format(many=MANY, steps=steps)
    command = [sys.executable, "-c", code, str(settings.instance)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, check=False)
    assert done.returncode == -signal.SIGKILL
    left = list((settings.instance / "index").glob("prior_work-*/archive/building-*"))
    assert len(left) == 1
    assert saved(settings) == []
    assert similar(session, another(), TITLES[0])[0][0] == TITLES[0]
    retrieval.build_archives(engine)
    assert len(saved(settings)) == 1
    assert not left[0].exists()


def test_two_processes_do_not_build_at_once(engine, retrieval, works, another, large, settings):
    assert retrieval.build_archives(engine, seconds=0)
    assert not another().build_archives(engine)
    assert saved(settings) == []
    retrieval.build_archives(engine)
    assert len(saved(settings)) == 1


def test_a_damaged_archive_is_left_aside_and_built_again(
    session, engine, retrieval, works, another, large, settings
):
    retrieval.build_archives(engine)
    (folder,) = saved(settings)
    vectors = folder / "vectors.faiss"
    vectors.write_bytes(vectors.read_bytes()[:500])
    other = another()
    assert similar(session, other, TITLES[0])[0][0] == TITLES[0]
    other.build_archives(engine)
    assert vectors.stat().st_size > 500


def test_an_archive_of_a_bank_that_was_there_before_is_not_used(
    session, engine, retrieval, works, another, large, settings
):
    retrieval.build_archives(engine)
    with transaction(session):
        first = select(Embedding).order_by(Embedding.key).limit(1)
        session.scalars(first).one().created = now()
    similar(session, another(), TITLES[0])
    assert saved(settings) == []


def test_a_check_reads_some_rows_however_many_there_are(
    session, engine, retrieval, works, another, large, count_queries
):
    """Neither all keys nor all texts are read: that would take a second of half a million."""
    retrieval.build_archives(engine)
    other = another()
    similar(session, other, TITLES[0])
    with count_queries() as few:
        similar(session, other, TITLES[40])
    rows = [
        {
            "seq": 1000 + number,
            "subject": Subject.PRIOR_WORK,
            "owner_id": work.id,
            "space_id": "another space",
            "language": "en",
            "public": True,
            "text": "x",
            "lemmas": "x",
            "query_vector": bytes(8),
            "document_vector": bytes(8),
            "created": now(),
        }
        for number, work in enumerate(works)
    ]
    with transaction(session):
        session.execute(insert(Embedding), rows)
    with count_queries() as many:
        similar(session, other, TITLES[40])
    assert len(many) == len(few)


@pytest.mark.parametrize(
    "narrowed",
    [
        PriorWorkFilter(),
        PriorWorkFilter(kind=PriorWorkKind.THESIS),
        PriorWorkFilter(language=Language.FI),
        PriorWorkFilter(kind=PriorWorkKind.THESIS, language=Language.FI),
    ],
)
def test_a_page_of_the_list_is_read_from_an_index_in_its_order(
    session, retrieval, works, narrowed, count_queries
):
    """A table of half a million is neither read whole nor sorted for twenty of its rows."""
    with count_queries() as queries:
        page = browse_prior_works(session, retrieval, narrowed, Wanted(page=2))
    assert len(page.rows) == PAGE_SIZE
    for query in queries:
        values = [1] * query.count("?")
        found = session.connection().exec_driver_sql(f"explain query plan {query}", tuple(values))
        steps = [row[3] for row in found if "prior_works" in row[3]]
        assert steps
        assert all("COVERING INDEX" in step or "(id=?)" in step for step in steps), steps


def test_the_same_facets_come_from_filters_and_works():
    both = PriorWorkFilter(kind=PriorWorkKind.THESIS, language=Language.FI)
    assert both.facets == frozenset({facet(PriorWorkKind.THESIS, Language.FI)})
    finnish = frozenset(facet(kind, Language.FI) for kind in PriorWorkKind)
    assert PriorWorkFilter(language=Language.FI).facets == finnish
    assert PriorWorkFilter().facets is None
    every = {facet(kind, language) for kind in PriorWorkKind for language in Language}
    assert len(every) == len(PriorWorkKind) * len(Language)
    assert np.array([*every]).max() < 1 << 16
