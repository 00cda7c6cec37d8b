"""The built-in encoder written out as sentence-transformers and transformers expect it."""

import json
import shutil

import numpy as np
import pytest
import sentencepiece

from matching import ModelDirectoryError, Side, write_standard_directory
from matching.standard_directory import Progress
from matching.text import canonical
from tests.matching.encoders.test_hostile_texts import HOSTILE

SHORT_HOSTILE = [text for text in HOSTILE.values() if len(text) < 1000]


class Stopped(Exception):
    """What a user's Ctrl-C is to a writer."""


def stop_at_once(_done: int, _total: int) -> None:
    raise Stopped


@pytest.fixture
def temporary(tmp_path):
    """A folder for hundreds of megabytes, taken away at once."""
    yield tmp_path
    shutil.rmtree(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("side", Side)
def test_its_vectors_are_those_of_the_builtin_encoder(builtin, standard, real_texts, side):
    texts = [*real_texts, *SHORT_HOSTILE]
    assert len(texts) > 80
    same = np.vecdot(builtin.encode(texts, side), standard.encode(texts, side))
    assert same.min() > 0.999


@pytest.mark.slow
def test_sentence_transformers_alone_needs_to_be_told_nothing(standard, builtin):
    model, _space = standard._model()
    query = model.encode_query("Kotihoidon lääkehoito", normalize_embeddings=False)
    document = model.encode_document("Läkemedel i hemvården", normalize_embeddings=False)
    assert query @ builtin.encode(["Kotihoidon lääkehoito"], Side.QUERY)[0] > 0.999
    assert document @ builtin.encode(["Läkemedel i hemvården"], Side.DOCUMENT)[0] > 0.999
    assert np.linalg.norm([query, document], axis=1) == pytest.approx([1, 1], abs=1e-5)


@pytest.mark.slow
def test_its_tokens_are_those_of_the_builtin_encoder(standard, builtin, cache_dir, real_texts):
    builtin.warm()
    (file,) = cache_dir.glob("*.spm")
    ours = sentencepiece.SentencePieceProcessor(model_file=str(file))
    model, _space = standard._model()
    texts = [canonical(text) for text in (*real_texts, *SHORT_HOSTILE)]
    expected = [[0, *ids, 2] for ids in ours.encode(texts)]
    assert model.tokenizer(texts)["input_ids"] == expected


@pytest.mark.slow
def test_half_the_bits_are_the_same_numbers_in_half_the_room(standard_directory, temporary):
    safetensors = pytest.importorskip("safetensors")
    write_standard_directory(temporary / "fp16", precision="fp16")
    files = [folder / "model.safetensors" for folder in (temporary / "fp16", standard_directory)]
    assert files[0].stat().st_size / files[1].stat().st_size == pytest.approx(0.5, abs=0.001)
    with (
        safetensors.safe_open(files[0], "numpy") as half,
        safetensors.safe_open(files[1], "numpy") as whole,
    ):
        assert list(half.keys()) == list(whole.keys())
        for name in half.keys():  # noqa: SIM118 -- not a mapping
            rows = slice(min(5000, whole.get_slice(name).get_shape()[0]))
            expected = whole.get_slice(name)[rows].astype(np.float16)
            assert np.array_equal(half.get_slice(name)[rows], expected), name


@pytest.mark.slow
def test_progress_ends_at_the_whole(temporary):
    seen: list[tuple[int, int]] = []

    def remember(done: int, total: int) -> None:
        seen.append((done, total))

    remembering: Progress = remember
    write_standard_directory(temporary / "model", precision="fp16", progress=remembering)
    done = [each for each, _total in seen]
    assert done == sorted(done)
    assert seen[-1][0] == seen[-1][1] == {total for _done, total in seen}.pop()
    assert len(seen) > 100


def test_a_stopped_writer_leaves_nothing(tmp_path):
    with pytest.raises(Stopped):
        write_standard_directory(tmp_path / "model", progress=stop_at_once)
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_already_is_left_alone(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "mine.txt").write_text("mine")
    with pytest.raises(ModelDirectoryError, match="there already"):
        write_standard_directory(tmp_path / "model")
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert (tmp_path / "model" / "mine.txt").read_text() == "mine"


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ModelDirectoryError, match="file/model cannot be written"):
        write_standard_directory(tmp_path / "file" / "model")


def test_an_unknown_precision_is_refused(tmp_path):
    with pytest.raises(ValueError, match="fp32, fp16"):
        write_standard_directory(tmp_path / "model", precision="fp8")


def test_it_names_its_prompts_and_its_licence(standard_directory):
    about = json.loads((standard_directory / "config_sentence_transformers.json").read_text())
    assert about["prompts"] == {"query": "query: ", "document": "passage: "}
    assert "MIT licence" in (standard_directory / "README.md").read_text()
