"""A sentence-transformers model of chance weights, made in a second."""

from pathlib import Path

LETTERS = [*"abcdefghijklmnopqrstuvwxyzåäö.,?", *"0123456789"]
WIDTH = 384
"""As wide as the built-in encoder, so that the width does not tell them apart."""


def save_tiny_model(folder: Path, seed: int = 1, **described: object) -> Path:
    """Save a BERT of one layer that reads letters; return the directory for `st:`."""
    import torch
    import transformers
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    torch.manual_seed(seed)
    inner = ["##" + letter for letter in LETTERS]
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS, *inner]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), "utf-8")
    config = transformers.BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=WIDTH,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
    )
    transformers.BertModel(config).save_pretrained(folder / "bert")
    tokeniser = transformers.BertTokenizerFast(str(folder / "vocab.txt"))
    tokeniser.save_pretrained(folder / "bert")
    modules = [Transformer(str(folder / "bert"), max_seq_length=128), Pooling(WIDTH)]
    model = SentenceTransformer(modules=modules, device="cpu", **described)
    model.save(str(folder / "saved"), create_model_card=False)
    return folder / "saved"
