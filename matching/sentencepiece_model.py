"""Builds a SentencePiece model of the built-in encoder's vocabulary: same pieces, same ids."""

import io
from importlib import import_module
from typing import Any

from matching.weights import Weights

BOS, PAD, EOS, UNKNOWN, MASK = "<s>", "<pad>", "</s>", "<unk>", "<mask>"
CONTROL = frozenset({BOS, PAD, EOS, MASK})
UNIGRAM = 1


def build(weights: Weights) -> bytes:
    """Return a serialised SentencePiece model."""
    model = _empty_model()
    kinds = model.SentencePiece
    for piece, score in zip(weights.pieces, weights.scores.tolist(), strict=True):
        kind = kinds.CONTROL if piece in CONTROL else kinds.NORMAL
        kind = kinds.UNKNOWN if piece == UNKNOWN else kind
        model.pieces.add(piece=piece, score=score, type=kind)
    trainer = model.trainer_spec
    trainer.model_type = UNIGRAM
    trainer.vocab_size = len(weights.pieces)
    for name, piece in {"bos": BOS, "pad": PAD, "eos": EOS, "unk": UNKNOWN}.items():
        setattr(trainer, f"{name}_id", weights.pieces.index(piece))
        setattr(trainer, f"{name}_piece", piece)
    normaliser = model.normalizer_spec
    normaliser.name = "nmt_nfkc"
    normaliser.precompiled_charsmap = nmt_nfkc()
    normaliser.add_dummy_prefix = True
    normaliser.remove_extra_whitespaces = True
    normaliser.escape_whitespaces = True
    return bytes(model.SerializeToString())


def _empty_model() -> Any:
    # The generated module makes its classes when imported, so type checkers cannot see them.
    return import_module("sentencepiece.sentencepiece_model_pb2").ModelProto()


def nmt_nfkc() -> bytes:
    """Return the compiled character map "nmt_nfkc", read back from a model trained for it.

    SentencePiece carries the map but offers no other way to get it.
    """
    import sentencepiece  # noqa: PLC0415 -- optional package

    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["hello world foo bar"] * 20),
        model_writer=written,
        vocab_size=20,
        hard_vocab_limit=False,
        normalization_rule_name="nmt_nfkc",
        minloglevel=2,
    )
    model = _empty_model()
    model.ParseFromString(written.getvalue())
    return bytes(model.normalizer_spec.precompiled_charsmap)
