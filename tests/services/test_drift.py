"""Probe sentences tell an encoder that drifts from one that does not."""

import numpy as np
import pytest

from matching import FakeEncoder, probe_vectors
from needsbank.services import drift


class Drifting(FakeEncoder):
    """An encoder whose library has changed a little, or a lot."""

    def __init__(self, amount):
        super().__init__()
        self.amount = amount

    def encode(self, texts, side):
        """Return vectors moved by `amount` in a direction of their own, of unit length."""
        vectors = super().encode(texts, side)
        moved = vectors + self.amount * np.roll(vectors, 1, axis=1)
        return (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def stored():
    return drift.to_bytes(probe_vectors(FakeEncoder()))


def test_the_same_encoder_has_not_drifted(stored):
    assert drift.check(1, "fake", stored, probe_vectors(FakeEncoder())) > 0.9999


def test_another_engine_of_the_same_model_has_not_drifted(stored):
    assert drift.check(1, "fake", stored, probe_vectors(Drifting(0.01))) < 0.99999


@pytest.mark.parametrize("amount", [0.1, 1.0])
def test_other_vectors_are_refused_and_what_to_do_is_said(stored, amount):
    with pytest.raises(drift.Drifted) as refused:
        drift.check(3, "st:model", stored, probe_vectors(Drifting(amount)))
    said = str(refused.value)
    assert "st:model no longer gives the vectors of set 3: cosine 0." in said
    assert "put the former one back" in said
    assert "`needsbank encoder build st:model --anew`" in said


def test_one_side_that_drifts_is_enough(stored):
    fresh = probe_vectors(FakeEncoder())
    fresh[-1] = np.roll(fresh[-1], 1)
    with pytest.raises(drift.Drifted):
        drift.check(1, "fake", stored, fresh)


def test_vectors_of_another_length_have_drifted(stored):
    fresh = probe_vectors(FakeEncoder())[:, :128]
    with pytest.raises(drift.Drifted, match=r"cosine 0\.0000"):
        drift.check(1, "fake", stored, fresh)


@pytest.mark.parametrize("broken", [0.0, np.nan])
def test_an_encoder_that_gives_nothing_has_drifted(stored, broken):
    fresh = np.full_like(probe_vectors(FakeEncoder()), broken)
    with pytest.raises(drift.Drifted):
        drift.check(1, "fake", stored, fresh)
