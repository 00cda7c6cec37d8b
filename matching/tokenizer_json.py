"""Describes the built-in encoder's tokeniser as Hugging Face's `tokenizers` reads it.

The same steps as in `sentencepiece_model`: characters mapped as nmt_nfkc does, spaces shown as ▁,
the best split by the pieces' scores, <s> before and </s> after.
"""

import base64
from typing import Any

from matching import sentencepiece_model as model
from matching.weights import Weights

SPACE = "\u2581"
SPECIAL = (model.BOS, model.PAD, model.EOS, model.UNKNOWN, model.MASK)


def build(weights: Weights) -> dict[str, Any]:
    """Return the content of `tokenizer.json`."""
    spaces = {"type": "Metaspace", "replacement": SPACE, "prepend_scheme": "always", "split": True}
    vocabulary = zip(weights.pieces, weights.scores.astype(float).tolist(), strict=True)
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [_special(piece, weights.pieces.index(piece)) for piece in SPECIAL],
        "normalizer": _normaliser(),
        "pre_tokenizer": spaces,
        "post_processor": _frame(weights),
        "decoder": spaces,
        "model": {
            "type": "Unigram",
            "unk_id": weights.pieces.index(model.UNKNOWN),
            "vocab": list(vocabulary),
            "byte_fallback": False,
        },
    }


def _special(piece: str, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "content": piece,
        "single_word": False,
        "lstrip": piece == model.MASK,
        "rstrip": False,
        "normalized": False,
        "special": True,
    }


def _normaliser() -> dict[str, Any]:
    characters = base64.b64encode(model.nmt_nfkc()).decode()
    return {
        "type": "Sequence",
        "normalizers": [
            {"type": "Precompiled", "precompiled_charsmap": characters},
            {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "},
        ],
    }


def _frame(weights: Weights) -> dict[str, Any]:
    begin = {"SpecialToken": {"id": model.BOS, "type_id": 0}}
    end = {"SpecialToken": {"id": model.EOS, "type_id": 0}}
    first, second = ({"Sequence": {"id": name, "type_id": 0}} for name in "AB")
    tokens = {
        piece: {"id": piece, "ids": [weights.pieces.index(piece)], "tokens": [piece]}
        for piece in (model.BOS, model.EOS)
    }
    return {
        "type": "TemplateProcessing",
        "single": [begin, first, end],
        "pair": [begin, first, end, end, second, end],
        "special_tokens": tokens,
    }
