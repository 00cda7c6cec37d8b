"""A set is opened with an encoder of its own space, or not at all."""

import gc
import json
from weakref import ref

import pytest

from matching import (
    EncoderUnavailable,
    FakeEncoder,
    Index,
    MatcherFileError,
    TrainedVersion,
    UnknownEncoder,
)
from matching.calibration import Calibration
from needsbank.services.embedding import SetRef
from needsbank.services.opening import Opener, WrongSpace
from tests.matching.makers import representation, rows
from tests.second_space import SECOND, SHIPPED, make_parameters, opener_of

FIRST_SPACE, SECOND_SPACE = FakeEncoder().space_id, FakeEncoder(2).space_id


class Engine(FakeEncoder):
    """Another engine of the fake space."""


def load(name):
    """Know more names than `load_encoder` does."""
    if name == "engine":
        return Engine()
    if name.startswith("st:") and name != "st:here":
        raise EncoderUnavailable(f"Cannot load {name}")
    return FakeEncoder(2) if name in {SECOND, "st:here"} else FakeEncoder()


def opener(spec, settings):
    return Opener(load, spec, SHIPPED, settings.instance / "index")


def test_a_set_is_opened_by_the_encoder_that_made_it(settings):
    found = opener("fake", settings).encoder_of(SetRef(SECOND_SPACE, 2, SECOND))
    assert found.space_id == SECOND_SPACE


def test_the_engine_that_the_settings_name_is_taken_for_its_space(settings):
    found = opener("engine", settings).encoder_of(SetRef(FIRST_SPACE, 1, "fake"))
    assert isinstance(found, Engine)


def test_a_set_of_an_earlier_version_is_opened_by_the_settings_encoder(settings):
    found = opener("fake", settings).encoder_of(SetRef(FIRST_SPACE, 1, None))
    assert found.space_id == FIRST_SPACE


def test_a_model_that_has_moved_is_found_by_the_settings(settings):
    found = opener("st:here", settings).encoder_of(SetRef(SECOND_SPACE, 2, "st:gone"))
    assert found.space_id == SECOND_SPACE


def test_a_model_that_a_set_does_not_need_may_be_away(settings):
    found = opener("st:gone", settings).encoder_of(SetRef(FIRST_SPACE, 1, "fake"))
    assert found.space_id == FIRST_SPACE


@pytest.mark.parametrize("spec", ["fake", "st:gone", None])
def test_other_vectors_than_the_set_s_are_refused(settings, spec):
    with pytest.raises(WrongSpace, match="NEEDSBANK_ENCODER") as refused:
        opener("fake", settings).encoder_of(SetRef("of files replaced", 1, spec))
    assert f"fake gives vectors of space {FIRST_SPACE}" in str(refused.value)


def test_a_slip_in_the_settings_is_not_passed_over(settings):
    with pytest.raises(UnknownEncoder, match="fkae"):
        opener_of(settings, spec="fkae").encoder_of(SetRef(FIRST_SPACE, 1, "fake"))


def test_a_set_without_fitted_parameters_cannot_be_searched(settings):
    with pytest.raises(MatcherFileError, match=SECOND_SPACE):
        opener("fake", settings).retrieval(SetRef(SECOND_SPACE, 2, SECOND))


def test_a_retrieval_searches_the_set_that_was_asked_for(settings, tmp_path):
    opening = opener_of(settings, make_parameters(tmp_path / "matcher"))
    wanted = SetRef(SECOND_SPACE, 2, SECOND)
    made = opening.retrieval(wanted)
    assert (made.set, made.matcher.space_id) == (wanted, SECOND_SPACE)
    assert {each.space_id for each in made.indexes.values()} == {SECOND_SPACE}


def test_an_encoder_is_shared_while_it_is_used_and_let_go_after(settings):
    opening = opener("fake", settings)
    encoder = opening.encoder("fake")
    assert opening.encoder("fake") is encoder
    watched = ref(encoder)
    del encoder
    gc.collect()
    assert watched() is None


@pytest.fixture
def calibration(settings, fake_matcher):
    """The name of a version that has learned from verdicts alone."""
    version = TrainedVersion(calibration=Calibration(0.8, 2.0))
    return version.save(settings.instance / "matcher", fake_matcher.base_version)


def probabilities(retrieval):
    index = Index.build(rows(["Kotihoidon avaimet katoavat", "Yöpyminen maksaa 8 euroa"]))
    found = retrieval.detector.find(representation("Avaimet hukkuvat kotona"), index, floor=-1)
    return [each.probability for each in found]


def test_a_version_of_a_calibration_alone_moves_what_is_found(settings, calibration):
    opening = opener_of(settings)
    trained = opening.retrieval(SetRef(FIRST_SPACE, 1, "fake", calibration))
    shipped = opening.retrieval(SetRef(FIRST_SPACE, 1, "fake"))
    moved = zip(probabilities(trained), probabilities(shipped), strict=True)
    assert all(ours > theirs for ours, theirs in moved)
    assert trained.matcher.pairs == shipped.matcher.pairs
    assert trained.matcher.version == calibration


@pytest.mark.parametrize("broken", ["a number", "an older form", "no manifest"])
def test_a_version_that_cannot_be_read_leaves_all_as_shipped(settings, calibration, caplog, broken):
    folder = settings.instance / "matcher" / calibration
    manifest = folder / "manifest.json"
    if broken == "a number":
        (array,) = folder.glob("*.npy")
        array.write_bytes(array.read_bytes()[:-1] + b"?")
    elif broken == "an older form":
        told = json.loads(manifest.read_text())
        told["header"]["format"] = "pair-scorer-1"
        manifest.write_text(json.dumps(told))
    else:
        manifest.unlink()
    opening = opener_of(settings)
    found = opening.retrieval(SetRef(FIRST_SPACE, 1, "fake", calibration))
    shipped = opening.retrieval(SetRef(FIRST_SPACE, 1, "fake"))
    assert probabilities(found) == probabilities(shipped)
    assert found.matcher.version == shipped.matcher.version
    assert calibration in caplog.text
