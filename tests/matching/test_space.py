import numpy as np
import pytest

from matching import Index, Row
from matching.index import language_place
from matching.space import PRIOR_ROWS, ScoreSpace
from matching.types import Representation, Side

DIM = 6
FINNISH, ENGLISH = language_place("fi"), language_place("en")


def row(key, vector, *, language="fi", public=True):
    vector = np.asarray(vector, np.float32)
    text = Representation(language=language, text="x", lemmas="", query=vector, document=vector)
    return Row(key, text, public)


@pytest.fixture
def space():
    chance = np.random.default_rng(0)
    means = chance.normal(size=(2, 4, DIM)).astype(np.float32)
    identity = np.tile(np.eye(DIM, dtype=np.float32), (2, 4, 1, 1))
    noise = chance.normal(size=identity.shape)
    return ScoreSpace(means, (identity + 0.1 * noise).astype(np.float32))


def test_a_mean_moves_from_the_shipped_one_to_that_of_the_public_rows(space):
    index = Index.build([row(key, np.full(DIM, 3.0)) for key in range(PRIOR_ROWS)])
    fitted = space.fitted(index)
    assert fitted.means[:, FINNISH] == pytest.approx((space.means[:, FINNISH] + 3) / 2, rel=1e-5)
    assert fitted.means[:, ENGLISH] == pytest.approx(space.means[:, ENGLISH], rel=1e-5)


def test_hidden_rows_move_no_mean(space):
    open_rows = [row(1, np.ones(DIM))]
    hidden = [row(2, np.full(DIM, 9.0), public=False)]
    without, with_hidden = (space.fitted(Index.build(r)) for r in (open_rows, open_rows + hidden))
    assert np.array_equal(without.means, with_hidden.means)


def test_empty_texts_move_no_mean(space):
    empty = Row(
        2,
        Representation(
            language="fi",
            text="",
            lemmas="",
            query=np.zeros(DIM, np.float32),
            document=np.zeros(DIM, np.float32),
        ),
        True,
    )
    one = row(1, np.ones(DIM))
    without, with_empty = (space.fitted(Index.build(r)) for r in ([one], [one, empty]))
    assert np.array_equal(without.means, with_empty.means)


def test_cosines_are_those_of_centred_and_of_aligned_vectors(space):
    chance = np.random.default_rng(3)
    vectors = chance.normal(size=(40, DIM)).astype(np.float32)
    languages = ["fi", "en"] * 20
    index = Index.build([row(k, v, language=languages[k]) for k, v in enumerate(vectors)])
    point = space.point(vectors[0], Side.QUERY, FINNISH)
    lengths = space.lengths(index, Side.DOCUMENT)
    plain, aligned = space.cosines(point, index, Side.DOCUMENT, lengths)
    for key, vector in enumerate(vectors):
        other = space.point(vector, Side.DOCUMENT, language_place(languages[key]))
        assert plain[key] == pytest.approx(point.plain @ other.plain, abs=1e-5)
        assert aligned[key] == pytest.approx(point.aligned @ other.aligned, abs=1e-5)


def test_an_empty_text_is_like_nothing(space):
    index = Index.build([row(1, np.zeros(DIM)), row(2, np.ones(DIM))])
    point = space.point(np.ones(DIM, np.float32), Side.QUERY, FINNISH)
    found = space.cosines(point, index, Side.QUERY, space.lengths(index, Side.QUERY))
    assert [cosines[0] for cosines in found] == [0, 0]


def test_other_rows_do_not_change_a_row(space):
    chance = np.random.default_rng(5)
    rows = [row(key, vector) for key, vector in enumerate(chance.normal(size=(3000, DIM)))]
    point = space.point(np.ones(DIM, np.float32), Side.QUERY, FINNISH)
    alone, among = Index.build(rows[2990:2991]), Index.build(rows)
    found = [
        space.cosines(point, index, Side.QUERY, space.lengths(index, Side.QUERY))
        for index in (alone, among)
    ]
    assert found[0][0][0] == found[1][0][2990]
    assert found[0][1][0] == found[1][1][2990]
