"""Training for real, on a tiny model and two batches."""

import json

import numpy as np
import pytest

from matching import (
    EncoderUnavailable,
    ModelDirectoryError,
    Side,
    TrainingDataError,
    Triplet,
    TuningOptions,
    fine_tune,
    load_encoder,
    read_triplets,
)

TRIPLETS = [
    Triplet("kotihoito kaipaa apua", "opiskelijat auttavat kotihoitoa", "koodaamme pelejä"),
    Triplet("leipomo haluaa nettikaupan", "teemme nettikauppoja", "soitamme kitaraa"),
    Triplet("kunta mittaa melua", "mittaamme ääntä ja melua", "leivomme kakkuja"),
    Triplet("nuoret etsivät töitä", "ohjaamme nuoria työhön", "maalaamme taloja"),
]
TWO_STEPS = TuningOptions(batch=2, most_steps=2, learning_rate=1e-2, cpu=True)
TEXTS = ["kotihoito kaipaa apua", "teemme nettikauppoja"]


@pytest.fixture
def datasets():
    pytest.importorskip("accelerate")
    return pytest.importorskip("datasets")


@pytest.fixture
def encode(tmp_path):
    def encode(folder):
        return load_encoder(f"st:{folder}", cache_dir=tmp_path).encode(TEXTS, Side.QUERY)

    return encode


@pytest.mark.slow
@pytest.mark.usefixtures("datasets")
def test_two_steps_change_the_vectors_but_not_the_words(tiny_directory, tmp_path, encode):
    from safetensors.numpy import load_file

    steps: list[tuple[int, int]] = []
    report = fine_tune(
        tiny_directory,
        TRIPLETS,
        tmp_path / "tuned",
        TWO_STEPS,
        progress=lambda *step: steps.append(step),
    )
    assert steps == [(1, 2), (2, 2)]
    assert len(report.losses) == 2
    assert min(report.losses) > 0
    assert (report.triplets, report.device) == (4, "cpu")
    assert np.abs(encode(tmp_path / "tuned") - encode(tiny_directory)).max() > 1e-3
    before, after = (
        load_file(folder / "model.safetensors") for folder in (tiny_directory, tmp_path / "tuned")
    )
    words = "embeddings.word_embeddings.weight"
    assert np.array_equal(before[words], after[words])
    assert report.frozen == before[words].size
    assert report.trained == sum(each.size for each in before.values()) - report.frozen


@pytest.mark.slow
@pytest.mark.usefixtures("datasets")
def test_the_same_training_gives_the_same_model(tiny_directory, tmp_path):
    spaces = []
    for name, seed in {"one": 1, "again": 1, "other": 2}.items():
        options = TuningOptions(
            batch=2, most_steps=2, learning_rate=1e-2, cpu=True, seed=seed, query_prompt="kysy: "
        )
        fine_tune(tiny_directory, TRIPLETS, tmp_path / name, options)
        encoder = load_encoder(f"st:{tmp_path / name}", cache_dir=tmp_path)
        spaces.append(encoder.space_id)
    assert spaces[0] == spaces[1] != spaces[2]
    about = json.loads((tmp_path / "one" / "config_sentence_transformers.json").read_text())
    assert about["prompts"] == {"query": "kysy: ", "document": ""}


@pytest.mark.slow
@pytest.mark.usefixtures("datasets")
def test_longer_training_learns_the_triplets(tiny_directory, tmp_path):
    options = TuningOptions(batch=4, epochs=12, learning_rate=3e-3, cpu=True)
    losses = fine_tune(tiny_directory, TRIPLETS, tmp_path / "tuned", options).losses
    assert losses[-1] < losses[0] / 2


@pytest.mark.slow
@pytest.mark.usefixtures("datasets")
def test_a_stopped_training_leaves_nothing(tiny_directory, tmp_path):
    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fine_tune(tiny_directory, TRIPLETS, tmp_path / "tuned", TWO_STEPS, progress=stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("datasets")
def test_what_cannot_be_trained_is_refused(tiny_directory, tmp_path):
    with pytest.raises(ModelDirectoryError, match="no directory"):
        fine_tune(tmp_path / "none", TRIPLETS, tmp_path / "tuned")
    with pytest.raises(TrainingDataError, match="two triplets"):
        fine_tune(tiny_directory, TRIPLETS[:1], tmp_path / "tuned")
    with pytest.raises(ModelDirectoryError, match="there already"):
        fine_tune(tiny_directory, TRIPLETS, tiny_directory)
    (tmp_path / "empty").mkdir()
    with pytest.raises(EncoderUnavailable, match="Cannot load"):
        fine_tune(tmp_path / "empty", TRIPLETS, tmp_path / "tuned")
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


def test_triplets_are_read_line_by_line(tmp_path):
    file = tmp_path / "triplets.jsonl"
    file.write_text(
        '{"need": " a\\u0000b", "accepted": "c", "rejected": "d", "by": "x"}\n\n'
        '{"need": "e", "accepted": "f", "rejected": "g"}\n',
        "utf-8",
    )
    assert read_triplets(file) == [Triplet("a b", "c", "d"), Triplet("e", "f", "g")]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "line 2: not JSON"),
        ("[1]", "line 2: not an object"),
        ('{"need": "a", "accepted": "b"}', "line 2: rejected is no text"),
        ('{"need": "a", "accepted": 5, "rejected": "c"}', "line 2: accepted is no text"),
        ('{"need": " ", "accepted": "b", "rejected": "c"}', "line 2: need is no text"),
    ],
)
def test_a_line_that_is_no_triplet_is_named(tmp_path, line, words):
    file = tmp_path / "triplets.jsonl"
    file.write_text(json.dumps({"need": "a", "accepted": "b", "rejected": "c"}) + "\n" + line)
    with pytest.raises(TrainingDataError, match=words):
        read_triplets(file)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    file = tmp_path / "triplets.jsonl"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(TrainingDataError, match="cannot be read"):
        read_triplets(file)
