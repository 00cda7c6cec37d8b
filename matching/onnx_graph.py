"""Builds an ONNX graph that runs the 4-bit weights as they are: no torch, no requantising.

The architecture is BERT's (multilingual-e5-small: 12 layers, 12 heads, width 384); operators of
the domain com.microsoft are those of ONNX Runtime (MatMulNBits, GatherBlockQuantized,
MultiHeadAttention, SkipLayerNormalization, Gelu).
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from matching.weights import BLOCK, EPSILON, HEADS, INNER, LAYERS, WIDTH, Weights

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto

CONTRIBUTED = "com.microsoft"
INT8_ACTIVATIONS = 4


def build(weights: Weights) -> bytes:
    """Return a serialised model: input_ids and attention_mask [n, tokens] to "sum" [n, 384].

    "sum" adds up the token vectors; its direction is that of the mean.
    """
    return _Graph(weights).serialised()


class _Graph:
    """The nodes and tensors of a model in the making."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._nodes: list[NodeProto] = []
        self._tensors: list[TensorProto] = []

    def serialised(self) -> bytes:
        from onnx import TensorProto, helper  # noqa: PLC0415 -- slow import

        self._constant("thirds", np.array([WIDTH] * 3, np.int64))
        self._node("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
        hidden = self._embeddings()
        for layer in range(LAYERS):
            hidden = self._layer(hidden, f"l{layer}.")
        self._token_sum(hidden)
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "tokens"])
            for name in ("input_ids", "attention_mask")
        ]
        output = helper.make_tensor_value_info("sum", TensorProto.FLOAT, ["n", WIDTH])
        graph = helper.make_graph(self._nodes, "e5-small-q4", inputs, [output], self._tensors)
        opsets = [helper.make_opsetid("", 21), helper.make_opsetid(CONTRIBUTED, 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
        return bytes(model.SerializeToString())

    def _embeddings(self) -> str:
        plain = self._weights.plain
        self._node(
            "GatherBlockQuantized",
            [self._word_table(), "input_ids", "word_scales"],
            "words",
            CONTRIBUTED,
            block_size=BLOCK,
            gather_axis=0,
            quantize_axis=1,
        )
        # All tokens are of type 0, so its embedding is added to every position once and for all.
        positions = plain["emb.pos"].reshape(-1, WIDTH) + plain["emb.type"].reshape(-1, WIDTH)[0]
        self._constant("positions", positions)
        self._constant("zero", np.array([0], np.int64))
        self._node("Shape", ["input_ids"], "length", start=1, end=2)
        self._node("Slice", ["positions", "zero", "length", "zero"], "here")
        self._node("Add", ["words", "here"], "embedded")
        scale = self._constant("emb.scale", plain["emb.ln.w"])
        shift = self._constant("emb.shift", plain["emb.ln.b"])
        return self._node(
            "LayerNormalization", ["embedded", scale, shift], "x", axis=-1, epsilon=EPSILON
        )

    def _word_table(self) -> str:
        from onnx import TensorProto  # noqa: PLC0415 -- slow import

        table = self._weights.quantised["emb.word"]
        rows = len(table.scales) * BLOCK // WIDTH
        # The operator reads signed nibbles around zero; the file has them around eight.
        signed = ((table.nibbles.astype(np.int8) - 8) & 15).astype(np.uint8)
        tensor = TensorProto(name="words_q4", data_type=TensorProto.INT4, dims=[rows, WIDTH])
        tensor.raw_data = _pack(signed).tobytes()
        self._tensors.append(tensor)
        self._constant("word_scales", table.scales.reshape(rows, WIDTH // BLOCK))
        return "words_q4"

    def _layer(self, hidden: str, at: str) -> str:
        self._linear(hidden, [at + "q", at + "k", at + "v"], at + "qkv", WIDTH)
        self._node("Split", [at + "qkv", "thirds"], [at + "Q", at + "K", at + "V"], axis=2)
        self._node(
            "MultiHeadAttention",
            [at + "Q", at + "K", at + "V", "", "mask"],
            at + "context",
            CONTRIBUTED,
            num_heads=HEADS,
        )
        self._linear(at + "context", [at + "ao"], at + "attended", WIDTH)
        middle = self._add_and_normalise(hidden, at + "attended", at + "aln")
        self._linear(middle, [at + "fi"], at + "inner", WIDTH)
        self._node("Gelu", [at + "inner"], at + "active", CONTRIBUTED)
        self._linear(at + "active", [at + "fo"], at + "outer", INNER)
        return self._add_and_normalise(middle, at + "outer", at + "oln")

    def _linear(self, source: str, names: list[str], target: str, width: int) -> None:
        parts = [self._weights.quantised[name + ".w"] for name in names]
        bias = np.concatenate([self._weights.plain[name + ".b"] for name in names])
        scales = np.concatenate([part.scales for part in parts])
        packed = _pack(np.concatenate([part.nibbles for part in parts]))
        shape = (len(bias), width // BLOCK)
        inputs = [
            source,
            self._constant(target + ".q4", packed.reshape(*shape, BLOCK // 2)),
            self._constant(target + ".scales", scales.reshape(shape)),
            "",
            "",
            self._constant(target + ".bias", bias),
        ]
        sizes = {"K": width, "N": len(bias), "bits": 4, "block_size": BLOCK}
        self._node(
            "MatMulNBits", inputs, target, CONTRIBUTED, accuracy_level=INT8_ACTIVATIONS, **sizes
        )

    def _add_and_normalise(self, first: str, second: str, name: str) -> str:
        scale = self._constant(name + ".scale", self._weights.plain[name + ".w"])
        shift = self._constant(name + ".shift", self._weights.plain[name + ".b"])
        inputs = [first, second, scale, shift]
        return self._node(
            "SkipLayerNormalization", inputs, name + ".out", CONTRIBUTED, epsilon=EPSILON
        )

    def _token_sum(self, hidden: str) -> None:
        from onnx import TensorProto  # noqa: PLC0415 -- slow import

        self._constant("last", np.array([2], np.int64))
        self._constant("tokens", np.array([1], np.int64))
        self._node("Cast", ["attention_mask"], "mask_float", to=TensorProto.FLOAT)
        self._node("Unsqueeze", ["mask_float", "last"], "mask_column")
        self._node("Mul", [hidden, "mask_column"], "masked")
        self._node("ReduceSum", ["masked", "tokens"], "sum", keepdims=0)

    def _constant(self, name: str, values: NDArray[Any]) -> str:
        from onnx import numpy_helper  # noqa: PLC0415 -- slow import

        self._tensors.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _node(
        self,
        kind: str,
        inputs: list[str],
        outputs: str | list[str],
        domain: str = "",
        **options: Any,
    ) -> str:
        from onnx import helper  # noqa: PLC0415 -- slow import

        names = [outputs] if isinstance(outputs, str) else outputs
        self._nodes.append(helper.make_node(kind, inputs, names, domain=domain, **options))
        return names[0]


def _pack(nibbles: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Put two neighbouring nibbles in a byte, the first in the low half: [n, 32] to [n, 16]."""
    return (nibbles[:, 0::2] | (nibbles[:, 1::2] << 4)).astype(np.uint8)
