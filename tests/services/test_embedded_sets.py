"""Who embeds makes a fresh bank's first set, and refuses an encoder that has drifted."""

import pytest
from sqlalchemy import delete, select

from matching import FakeEncoder, MatcherFileError
from needsbank.db.models import SetState, VectorSet
from needsbank.db.transaction import transaction
from needsbank.services.drift import Drifted
from needsbank.services.embedded_sets import EmbeddedSets
from needsbank.services.opening import Opener, WrongSpace
from tests.second_space import (
    SECOND,
    SECOND_ID,
    SHIPPED,
    activate,
    begin_second,
    build,
    make_parameters,
    opener_of,
)


class Turned(FakeEncoder):
    """The fake encoder after its library has changed."""

    def encode(self, texts, side):
        """Return the vectors of other texts."""
        return super().encode([text[::-1] for text in texts], side)


@pytest.fixture
def sets(settings, engine):
    return EmbeddedSets(opener_of(settings), engine)


@pytest.fixture
def no_sets(session):
    with transaction(session):
        session.execute(delete(VectorSet))


def stored(session):
    session.rollback()
    return session.scalars(select(VectorSet).order_by(VectorSet.id)).all()


@pytest.mark.usefixtures("no_sets")
def test_a_fresh_bank_gets_its_first_set(session, sets):
    retrieval = sets.active()
    (made,) = stored(session)
    assert (made.space_id, made.bit) == (retrieval.set.space_id, retrieval.set.bit)
    assert (made.spec, made.state, made.dim) == ("fake", SetState.ACTIVE, 256)
    assert made.description["weights"] == "fake-1"
    assert made.activated is not None
    assert sets.active() is retrieval


@pytest.mark.usefixtures("no_sets")
def test_a_set_that_could_not_be_searched_is_not_made(session, settings, engine, tmp_path):
    with pytest.raises(MatcherFileError):
        EmbeddedSets(opener_of(settings, tmp_path), engine).active()
    assert stored(session) == []


def test_another_setting_does_not_change_the_set_of_a_bank(session, settings, engine):
    retrieval = EmbeddedSets(opener_of(settings, spec=SECOND), engine).active()
    assert retrieval.set.space_id == FakeEncoder().space_id
    assert [each.spec for each in stored(session)] == ["fake"]


def test_a_set_of_an_earlier_version_gets_its_name_and_probes(session, sets):
    with transaction(session):
        (found,) = session.scalars(select(VectorSet))
        probes, found.spec, found.probes, found.description = found.probes, None, None, {}
    sets.active()
    session.expire_all()
    (found,) = stored(session)
    assert (found.spec, found.probes, found.dim) == ("fake", probes, 256)
    assert found.description["weights"] == "fake-1"


def test_a_bank_of_another_encoder_than_the_settings_name_is_refused(session, settings, engine):
    with transaction(session):
        (found,) = session.scalars(select(VectorSet))
        found.spec = found.probes = None
    with pytest.raises(WrongSpace, match="name it in NEEDSBANK_ENCODER"):
        EmbeddedSets(opener_of(settings, spec=SECOND), engine).active()


def test_an_encoder_that_has_drifted_embeds_nothing(settings, engine):
    opener = Opener(lambda name: Turned(), "fake", SHIPPED, settings.instance)
    with pytest.raises(Drifted, match="needsbank encoder build fake --anew"):
        EmbeddedSets(opener, engine).active()


def test_the_process_that_embeds_goes_over_to_the_set_that_is_activated(settings, engine, tmp_path):
    sets = EmbeddedSets(opener_of(settings, make_parameters(tmp_path / "matcher")), engine)
    first = sets.active()
    reader = build(engine, begin_second(engine))
    activate(engine)
    assert sets.active().set == reader.set
    assert first.set != reader.set


def test_sets_are_kept_complete_from_the_end_of_their_build_to_their_activation(
    settings, engine, tmp_path
):
    sets = EmbeddedSets(opener_of(settings, make_parameters(tmp_path / "matcher")), engine)
    reader = begin_second(engine)
    assert sets.built() == []
    build(engine, reader)
    assert [each.set for each in sets.built()] == [reader.set]
    activate(engine)
    assert sets.built() == []


def test_no_parameters_are_needed_to_keep_a_set_complete(sets, engine):
    reader = build(engine, begin_second(engine))
    assert [each.set for each in sets.built()] == [reader.set]


def test_a_set_whose_encoder_is_not_here_is_left_alone_and_told_once(session, sets, engine, caplog):
    build(engine, begin_second(engine))
    with transaction(session):
        session.get_one(VectorSet, SECOND_ID).spec = "st:/nowhere/model"
    assert sets.built() == []
    assert sets.built() == []
    assert caplog.text.count("cannot be kept complete here") == 1
