import numpy as np
import pytest

from matching import EncoderUnavailable, Side, load_encoder
from matching.sentence import E5_PROMPTS, _prompts


class Prompted:
    def __init__(self, prompts: dict[str, str]) -> None:
        self.prompts = prompts


@pytest.mark.parametrize(
    ("own", "name", "expected"),
    [
        ({"query": "q ", "passage": "p "}, "any/model", ("q ", "p ")),
        ({}, "intfloat/multilingual-e5-base", E5_PROMPTS),
        ({}, "sentence-transformers/all-MiniLM-L6-v2", ("", "")),
    ],
)
def test_prompts_are_the_models_own_or_those_of_its_family(own, name, expected):
    assert _prompts(Prompted(own), name) == expected


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory):
    """A tiny BERT with chance weights, saved as sentence-transformers saves models."""
    pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    sentence_transformers = pytest.importorskip("sentence_transformers")
    folder = tmp_path_factory.mktemp("model")
    letters = [*"abcdefghijklmnopqrstuvwxyzåäö"]
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters, *("##" + letter for letter in letters)]
    (folder / "vocab.txt").write_text("\n".join(words))
    config = transformers.BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
    )
    transformers.BertModel(config).save_pretrained(folder / "bert")
    transformers.BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    modules = pytest.importorskip("sentence_transformers.sentence_transformer.modules")
    transformer = modules.Transformer(str(folder / "bert"), max_seq_length=64)
    pooling = modules.Pooling(16)
    sentence_transformers.SentenceTransformer(modules=[transformer, pooling]).save(
        str(folder / "saved")
    )
    return folder / "saved"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_saved_model_gives_unit_vectors_of_its_own_space(model_folder, tmp_path):
    encoder = load_encoder(f"st:{model_folder}", cache_dir=tmp_path)
    vectors = encoder.encode(["koti", "", "hoito"], Side.QUERY)
    assert vectors.shape == (3, encoder.dim) == (3, 16)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 1], abs=1e-5)
    again = load_encoder(f"st:{model_folder}", cache_dir=tmp_path)
    assert again.space_id == encoder.space_id


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_folder_without_a_model_is_refused(tmp_path):
    pytest.importorskip("sentence_transformers")
    with pytest.raises(EncoderUnavailable, match="Cannot load"):
        load_encoder(f"st:{tmp_path}", cache_dir=tmp_path).encode(["koti"], Side.QUERY)
