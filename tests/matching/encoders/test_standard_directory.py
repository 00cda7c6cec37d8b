"""The built-in encoder written out as sentence-transformers and transformers expect it."""

import json
import shutil

import numpy as np
import pytest
import sentencepiece

from matching import ModelDirectoryError, Side, load_encoder, write_standard_directory
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
def test_it_says_what_it_needs_by_itself(sentence_transformers, standard_directory, builtin):
    model = sentence_transformers.SentenceTransformer(
        str(standard_directory), device="cpu", local_files_only=True
    )
    query = model.encode_query("Kotihoidon lääkehoito")
    document = model.encode_document("Läkemedel i hemvården")
    assert query @ builtin.encode(["Kotihoidon lääkehoito"], Side.QUERY)[0] > 0.999
    assert document @ builtin.encode(["Läkemedel i hemvården"], Side.DOCUMENT)[0] > 0.999


@pytest.mark.slow
def test_its_tokens_are_those_of_the_builtin_encoder(
    builtin, cache_dir, sentence_transformers, standard_directory, real_texts
):
    from transformers import AutoTokenizer

    builtin.warm()
    (model,) = cache_dir.glob("*.spm")
    ours = sentencepiece.SentencePieceProcessor(model_file=str(model))
    theirs = AutoTokenizer.from_pretrained(str(standard_directory), local_files_only=True)
    texts = [canonical(text) for text in (*real_texts, *SHORT_HOSTILE)]
    expected = [[0, *ids, 2] for ids in ours.encode(texts)]
    assert theirs(texts)["input_ids"] == expected


@pytest.mark.slow
def test_half_the_bits_take_half_the_room_and_give_the_same_vectors(
    sentence_transformers, standard_directory, builtin, temporary, real_texts
):
    write_standard_directory(temporary / "fp16", precision="fp16")
    sizes = [
        (folder / "model.safetensors").stat().st_size
        for folder in (temporary / "fp16", standard_directory)
    ]
    assert sizes[0] / sizes[1] == pytest.approx(0.5, abs=0.001)
    half = load_encoder(f"st:{temporary / 'fp16'}", cache_dir=temporary)
    texts = real_texts[:20]
    same = np.vecdot(builtin.encode(texts, Side.QUERY), half.encode(texts, Side.QUERY))
    assert same.min() > 0.999


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
