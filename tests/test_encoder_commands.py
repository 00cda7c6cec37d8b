"""`needsbank encoder …`: from one encoder to another and back, whatever happens in between."""

import re
import shutil
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import func, insert, select

from matching import FakeEncoder
from needsbank.db.models import Embedding, PriorWork, SetState, VectorSet
from needsbank.db.transaction import transaction
from needsbank.domain.prior_works import PriorWorkKind
from tests.conftest import ROOT
from tests.factories import add_competence, add_need, add_prior_work
from tests.second_space import FIRST_ID, SECOND, SECOND_ID, make_parameters

SECOND_SPACE = FakeEncoder(2).space_id


@pytest.fixture
def parameters(tmp_path):
    return make_parameters(tmp_path / "data" / "matcher")


@pytest.fixture
def encoder(run, parameters):
    """Run an encoder command that succeeds, and return what it said in one line."""

    def encoder(*words, refused=False):
        ended = run("encoder", *words, NEEDSBANK_DATA=str(parameters.parent))
        assert (ended.code, bool(ended.err)) == ((1, True) if refused else (0, False)), ended
        return " ".join((ended.err if refused else ended.out).split())

    return encoder


@pytest.fixture
def texts(run, session):
    """Three texts that the active set holds."""
    for add in (add_need, add_competence, add_prior_work):
        add(session, title="Lost keys of home care")
    run("embed")


def states(session):
    session.rollback()
    return dict(session.execute(select(VectorSet.id, VectorSet.state)).all())


def count(session, space_id=SECOND_SPACE):
    session.rollback()
    rows = select(func.count(Embedding.key)).where(Embedding.space_id == space_id)
    return session.scalar(rows)


@pytest.mark.usefixtures("texts")
def test_the_way_to_another_encoder_and_back(encoder, run, session, parameters):
    assert re.search(r"1 │ active .* fake │ \w+ │ 3 of 3", encoder("list"))
    built = encoder("build", SECOND)
    assert "Vector set 2 (fake:2) lacks nothing. Next: needsbank encoder activate 2" in built
    assert re.search(r"2 │ building .* fake:2 │ \w+ │ 3 of 3", encoder("list"))
    assert "Vector set 2 is searched now" in encoder("activate", SECOND)
    assert states(session) == {FIRST_ID: SetState.RETIRED, SECOND_ID: SetState.ACTIVE}
    found = run("search", "lost", "keys", NEEDSBANK_DATA=str(parameters.parent))
    assert "Needs (1)" in found.out
    assert "Vector set 1 is searched now" in encoder("rollback")
    assert "Vector set 2 has been removed" in encoder("remove", "2")
    assert states(session) == {FIRST_ID: SetState.ACTIVE}
    assert count(session) == 0
    assert "Needs (1)" in run("search", "lost", "keys").out


@pytest.mark.usefixtures("texts")
def test_an_incomplete_set_is_not_activated(encoder, session):
    encoder("build", SECOND)
    add_need(session)
    said = encoder("activate", "2", refused=True)
    assert said == (
        "needsbank: vector set 2 lacks 1 of 4 texts: `needsbank encoder build fake:2` reads them"
    )
    assert states(session)[FIRST_ID] is SetState.ACTIVE


@pytest.mark.usefixtures("texts")
def test_a_set_is_built_without_parameters_but_not_activated(encoder, session, parameters):
    shutil.rmtree(parameters / SECOND_SPACE)
    assert "It cannot be searched yet: " in encoder("build", SECOND)
    assert count(session) == 3
    said = encoder("activate", SECOND, refused=True)
    assert f"no parameters for the vector space {SECOND_SPACE}: fit them" in said
    assert states(session)[FIRST_ID] is SetState.ACTIVE


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("activate", "7"), "there is no vector set 7"),
        (("activate", "fake"), "vector set 1 is the active one already"),
        (("rollback",), "there is no retired vector set"),
        (("remove", "fake"), "vector set 1 is searched: activate another one first"),
        (("build", "made-up"), "No encoder is called 'made-up'"),
        (("build", "st:/nowhere"), "st:/nowhere"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(encoder, session, words, said):
    assert said in encoder(*words, refused=True)
    assert states(session) == {FIRST_ID: SetState.ACTIVE}


def test_a_build_that_is_killed_goes_on_and_reads_nothing_twice(
    encoder, session, environment, parameters
):
    works = 3000
    values = {"source": "s", "title": "A work", "kind": PriorWorkKind.THESIS, "language": "en"}
    rows = [{**values, "source_key": str(number), "subjects": []} for number in range(works)]
    with transaction(session):
        session.execute(insert(PriorWork), rows)
    building = subprocess.Popen(
        [sys.executable, "-m", "needsbank.cli", "encoder", "build", SECOND],
        cwd=ROOT,
        env=environment | {"NEEDSBANK_DATA": str(parameters.parent)},
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not count(session) and time.monotonic() < deadline:
        time.sleep(0.01)
    building.send_signal(signal.SIGKILL)
    building.wait()
    assert 0 < count(session) < works
    encoder("build", SECOND)
    assert count(session) == works
    # Each reading takes the next number, so a text read twice would leave a gap.
    assert session.scalar(select(func.max(Embedding.seq))) == works


@pytest.mark.usefixtures("texts")
def test_an_encoder_that_drifts_is_told_and_embeds_nothing_until_all_is_read_anew(
    encoder, run, session
):
    assert "cosine 1.0000" in encoder("list", "--check")
    with transaction(session):
        found = session.get_one(VectorSet, FIRST_ID)
        found.probes = found.probes[::-1]
    assert "no longer gives the vectors of set 1" in encoder("list", "--check", refused=True)
    add_need(session)
    refused = run("embed")
    assert refused.code == 1
    assert refused.err.count("\n") == 1
    assert "`needsbank encoder build fake --anew`" in refused.err
    assert "--anew" in encoder("build", "fake", refused=True)
    assert count(session, FakeEncoder().space_id) == 3
    assert "Vector set 1 (fake) is the one that is searched" in encoder("build", "fake", "--anew")
    assert count(session, FakeEncoder().space_id) == 4
    assert "cosine 1.0000" in encoder("list", "--check")
    assert run("embed").code == 0


def test_indexes_of_the_new_set_are_on_disk_before_it_is_searched(
    encoder, run, session, settings, monkeypatch
):
    monkeypatch.setattr("needsbank.services.retrieval.UNSAVED_ROWS", 2)
    for _ in range(2):
        add_prior_work(session)
    run("embed")
    encoder("build", SECOND)
    folder = settings.instance / "index" / f"prior_work-{SECOND_SPACE}"
    assert not folder.exists()
    encoder("activate", SECOND)
    assert len(list(folder.glob("*/manifest.json"))) == 1
    encoder("activate", "1")
    encoder("remove", SECOND)
    assert not folder.exists()
