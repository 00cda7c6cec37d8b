"""The encoder of tests: a bag of words, in as many vector spaces as a test needs."""

import numpy as np
import pytest

from matching import Document, FakeEncoder, Side, UnknownEncoder, load_encoder, represent

TEXTS = ["Keys get lost", "Who has the keys?", ""]


def test_another_seed_is_another_space_of_the_same_length(tmp_path):
    first, second = (load_encoder(spec, cache_dir=tmp_path) for spec in ("fake", "fake:2"))
    assert (first.spec, second.spec) == ("fake", "fake:2")
    assert first.space_id != second.space_id
    assert first.dim == second.dim
    mixed = first.encode(TEXTS[:1], Side.QUERY) @ second.encode(TEXTS[:1], Side.QUERY).T
    assert abs(float(mixed[0, 0])) < 0.5


@pytest.mark.parametrize("seed", [1, 2, 7])
def test_texts_that_share_words_are_near_in_every_space(seed):
    one, other, empty = FakeEncoder(seed).encode(TEXTS, Side.DOCUMENT)
    assert one @ other > 0.2
    assert not np.any(empty)


@pytest.mark.parametrize("spec", ["fake:", "fake:x", "fake:-1"])
def test_a_seed_is_a_number(spec, tmp_path):
    with pytest.raises(UnknownEncoder, match="No encoder is called"):
        load_encoder(spec, cache_dir=tmp_path)


def test_texts_are_represented_without_fitted_parameters():
    document = Document(id="1", title="Lost keys", body="They are gone.", language="en")
    encoder = FakeEncoder(2)
    (read,) = represent(encoder, [document])
    assert (read.language, read.text) == ("en", "Lost keys\nThey are gone.")
    assert np.array_equal(read.document, encoder.encode([read.text], Side.DOCUMENT)[0])
