import numpy as np
import pytest

from matching.alignment import fit_aligners
from matching.types import Side

CONCEPTS, DIM = 200, 24


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def names():
    """Concepts whose names in another language are the same vectors, turned."""
    chance = np.random.default_rng(1)
    concepts = chance.normal(size=(CONCEPTS, DIM))
    turn, _ = np.linalg.qr(np.eye(DIM) + 0.5 * chance.normal(size=(DIM, DIM)))
    return {
        (side, language): unit(vectors + 0.05 * chance.normal(size=vectors.shape))
        for side in Side
        for language, vectors in (("fi", concepts), ("en", concepts @ turn))
    }


def found(names, maps):
    """Return the share of Finnish names whose nearest English name is the right one."""
    asked = unit(names[Side.QUERY, "fi"] @ maps[Side.QUERY, "fi"])
    answers = unit(names[Side.DOCUMENT, "en"] @ maps[Side.DOCUMENT, "en"])
    return np.mean((asked @ answers.T).argmax(axis=1) == np.arange(CONCEPTS))


def test_names_of_a_concept_meet(names):
    identity = dict.fromkeys(names, np.eye(DIM, dtype=np.float32))
    half = {view: vectors[: CONCEPTS // 2] for view, vectors in names.items()}
    assert found(names, fit_aligners(half, passes=400, batch=50)) > found(names, identity) + 0.3


def test_the_same_names_give_the_same_maps(names):
    one, two = (fit_aligners(names, passes=3, batch=32) for _ in range(2))
    assert all(np.array_equal(one[view], two[view]) for view in names)
