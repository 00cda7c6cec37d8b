import numpy as np
import pytest

from matching.alignment import fit_aligners
from matching.alignment_examples import SameConcept, SameTopic, WorkAndTopic, Works
from matching.types import Side

CONCEPTS, DIM = 200, 24


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def turn():
    """How another language lies to the first: the same vectors, turned."""
    chance = np.random.default_rng(1)
    turned, _ = np.linalg.qr(np.eye(DIM) + 0.5 * chance.normal(size=(DIM, DIM)))
    return turned


@pytest.fixture(scope="module")
def names(turn):
    chance = np.random.default_rng(2)
    concepts = chance.normal(size=(CONCEPTS, DIM))
    return {
        (side, language): unit(vectors + 0.05 * chance.normal(size=vectors.shape))
        for side in Side
        for language, vectors in (("fi", concepts), ("en", concepts @ turn))
    }


@pytest.fixture(scope="module")
def works(names):
    """Works in two languages, each near to the names of its two concepts."""
    chance = np.random.default_rng(3)
    languages = ["fi", "en"] * CONCEPTS
    concepts = [[number // 4, CONCEPTS // 2 + number // 4] for number in range(2 * CONCEPTS)]
    vectors = {
        side: unit(
            np.stack(
                [
                    names[side, language][places].sum(axis=0) + 0.1 * chance.normal(size=DIM)
                    for language, places in zip(languages, concepts, strict=True)
                ]
            )
        )
        for side in Side
    }
    return Works(vectors, languages, concepts)


def found(names, maps):
    """Return the share of Finnish names whose nearest English name is the right one."""
    asked = unit(names[Side.QUERY, "fi"] @ maps[Side.QUERY, "fi"])
    answers = unit(names[Side.DOCUMENT, "en"] @ maps[Side.DOCUMENT, "en"])
    return np.mean((asked @ answers.T).argmax(axis=1) == np.arange(CONCEPTS))


def aligned(names, *kinds, steps=1200):
    return fit_aligners([(each, 1) for each in kinds], list(names), DIM, steps=steps, batch=50)


def test_names_of_a_concept_meet(names):
    identity = dict.fromkeys(names, np.eye(DIM, dtype=np.float32))
    half = {view: vectors[: CONCEPTS // 2] for view, vectors in names.items()}
    assert found(names, aligned(names, SameConcept(half))) > found(names, identity) + 0.3


def test_works_on_a_topic_teach_what_names_do(names, works):
    identity = dict.fromkeys(names, np.eye(DIM, dtype=np.float32))
    taught = aligned(names, SameTopic(works), WorkAndTopic(works, names))
    assert found(names, taught) > found(names, identity) + 0.3


def test_works_of_a_batch_have_two_concepts_in_common_and_are_two(works):
    chance = np.random.default_rng(0)
    kind = SameTopic(works)
    for _ in range(20):
        batch = kind.batch(chance, 30)
        assert len(batch.ones) == len(batch.others) > 1
        nearest = (batch.ones @ batch.others.T).argmax(axis=1)
        if batch.one[1] == batch.other[1]:
            assert np.mean(nearest == np.arange(len(nearest))) > 0.9
        if batch.one == batch.other:
            assert not np.any(np.all(batch.ones == batch.others, axis=1))


def test_a_concept_names_one_work_of_a_batch(names, works):
    batch = WorkAndTopic(works, names).batch(np.random.default_rng(0), 60)
    assert len(np.unique(batch.others, axis=0)) == len(batch.others)


def test_works_without_common_concepts_are_no_examples(works):
    apart = Works(works.vectors, works.languages, [[n] for n in range(len(works.languages))])
    nothing = Works(works.vectors, works.languages, [[] for _ in works.languages])
    assert not SameTopic(apart)
    assert not WorkAndTopic(nothing, {})


def test_the_same_names_give_the_same_maps(names):
    one, two = (aligned(names, SameConcept(names), steps=20) for _ in range(2))
    assert all(np.array_equal(one[view], two[view]) for view in names)
