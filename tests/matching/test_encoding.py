import multiprocessing
import os
import threading

import numpy as np
import pytest

from matching import EncoderUnavailable, FakeEncoder, Side, UnknownEncoder, load_encoder
from matching.encoding import BATCH, Encoder, Engine, Space

SPACE = Space(weights="toy", prompts=("q: ", "d: "), dim=2, pooling="none", max_tokens=9)


class ToyEngine(Engine[int]):
    """Encodes a text as (1, 0) and remembers what it was asked."""

    spec = "toy"
    space = SPACE

    def __init__(self, value: float = 1.0) -> None:
        super().__init__()
        self.value = value
        self.batches: list[list[str]] = []

    def _load(self) -> int:
        return os.getpid()

    def _encode_batch(self, model, batch, side):
        self.batches.append(batch)
        return np.tile(np.array([self.value, 0], np.float32), (len(batch), 1))


def test_equal_texts_are_encoded_once_and_empty_ones_are_zeros():
    engine = ToyEngine()
    vectors = engine.encode(["koti", "", "  koti ", "\u200b"], Side.QUERY)
    assert engine.batches == [["koti"]]
    assert vectors.tolist() == [[1, 0], [0, 0], [1, 0], [0, 0]]


def test_no_texts_give_no_vectors():
    assert ToyEngine().encode([], Side.QUERY).shape == (0, 2)


def test_batches_are_small_and_of_like_length():
    engine = ToyEngine()
    engine.encode(["x" * length for length in range(40, 0, -1)], Side.DOCUMENT)
    assert max(map(len, engine.batches)) == BATCH
    lengths = [len(text) for batch in engine.batches for text in batch]
    assert lengths == sorted(lengths)


def test_broken_vectors_are_refused():
    with pytest.raises(EncoderUnavailable, match="broken"):
        ToyEngine(float("nan")).encode(["koti"], Side.QUERY)


def _child(engine, results):
    results.put(engine._model())


@pytest.mark.filterwarnings("ignore:This process.*fork:DeprecationWarning")
def test_a_forked_process_loads_its_own_model():
    engine = ToyEngine()
    engine.warm()
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    process = context.Process(target=_child, args=(engine, results))
    process.start()
    assert results.get(timeout=10) == process.pid != engine._model()
    process.join()


class SlowEngine(ToyEngine):
    """Stays in the middle of a batch until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.inside, self.let_go = threading.Event(), threading.Event()

    def _encode_batch(self, model, batch, side):
        self.inside.set()
        self.let_go.wait(10)
        return super()._encode_batch(model, batch, side)


def _encoding_child(engine, results):
    engine.let_go.set()
    results.put(engine.encode(["koti"], Side.QUERY).tolist())


@pytest.mark.filterwarnings("ignore:This process.*fork:DeprecationWarning")
def test_a_process_forked_in_the_middle_of_a_batch_does_not_wait_for_it():
    engine = SlowEngine()
    busy = threading.Thread(target=engine.encode, args=(["hoito"], Side.QUERY))
    busy.start()
    assert engine.inside.wait(10)
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    process = context.Process(target=_encoding_child, args=(engine, results))
    process.start()
    try:
        assert results.get(timeout=10) == [[1, 0]]
    finally:
        process.kill()
        process.join()
        engine.let_go.set()
        busy.join()


def test_an_engine_without_its_parts_cannot_be_made():
    class Unfinished(Engine[int]):
        spec = "unfinished"

    with pytest.raises(TypeError, match="abstract"):
        Unfinished()  # type: ignore[abstract]  # the point of the test


def test_a_space_id_changes_with_anything_that_changes_vectors():
    other = Space(weights="toy", prompts=("q: ", "p: "), dim=2, pooling="none", max_tokens=9)
    assert SPACE.id != other.id


_conforms: Encoder = FakeEncoder()  # the type checker is the test


def test_the_fake_encoder_brings_inflected_forms_near():
    fake = FakeEncoder()
    key, keys, lake, nothing = fake.encode(["avain", "avaimet", "järvi", ""], Side.QUERY)
    assert key @ keys > key @ lake
    assert np.linalg.norm(key) == pytest.approx(1)
    assert not nothing.any()


def test_an_unknown_encoder_is_named(tmp_path):
    with pytest.raises(UnknownEncoder, match="gpt"):
        load_encoder("gpt", cache_dir=tmp_path)


def test_the_fake_encoder_is_known_by_name(tmp_path):
    assert load_encoder("fake", cache_dir=tmp_path).space_id == FakeEncoder().space_id
