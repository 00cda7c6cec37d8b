"""Any sentence-transformers model as an encoder."""

import hashlib
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from matching.encoding import BATCH, Engine, Space
from matching.errors import EncoderUnavailable
from matching.types import Side, Vector

E5_PROMPTS = ("query: ", "passage: ")
_HASHED = {".json", ".safetensors", ".bin", ".model", ".txt"}


class SentenceTransformerEncoder(Engine[tuple[Any, Space]]):
    """A model by directory, or by the hub name of one that is downloaded already or may be.

    Code that a model brings with it is never run.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.spec = "st:" + name
        self._name = name

    @property
    def space(self) -> Space:
        """Return the description of the vector space; loads the model."""
        return self._model()[1]

    def _load(self) -> tuple[Any, Space]:
        try:
            from sentence_transformers import (  # noqa: PLC0415 -- seconds, and 400 MB
                SentenceTransformer,
            )
        except ImportError as missing:
            raise EncoderUnavailable(
                f"{self.spec} needs sentence-transformers: pip install torch, then "
                "pip install 'sentence-transformers>=6,<7'"
            ) from missing
        local = Path(self._name).is_dir()
        try:
            model = SentenceTransformer(
                self._name, device="cpu", local_files_only=local, trust_remote_code=False
            )
        except (OSError, ValueError) as broken:
            raise EncoderUnavailable(f"Cannot load {self.spec}: {broken}") from broken
        return model, self._described(model)

    def _described(self, model: Any) -> Space:
        return Space(
            weights="st:" + _hash_of(self._directory()),
            prompts=_prompts(model, self._name),
            dim=model.get_embedding_dimension(),
            pooling=",".join(type(module).__name__ for module in model),
            max_tokens=model.max_seq_length or 0,
            precision=str(model.dtype),
        )

    def _directory(self) -> Path:
        """Return where the weights lie: the given directory, or the snapshot in the hub's cache."""
        if Path(self._name).is_dir():
            return Path(self._name)
        hub = import_module("huggingface_hub")
        for name in (self._name, "sentence-transformers/" + self._name):
            found = hub.try_to_load_from_cache(name, "config.json")
            if isinstance(found, str):
                return Path(found).parent
        raise EncoderUnavailable(f"No files of {self.spec} in the cache of Hugging Face.")

    def _encode_batch(self, model: tuple[Any, Space], batch: list[str], side: Side) -> Vector:
        transformer, space = model
        vectors = transformer.encode(
            batch,
            prompt=space.prompt(side),
            batch_size=BATCH,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, np.float32)


def _prompts(model: Any, name: str) -> tuple[str, str]:
    """Return the model's own prompts; the e5 family publishes none but needs its two."""
    own = model.prompts or {}
    query = own.get("query") or ""
    document = next((own[key] for key in ("document", "passage", "corpus") if own.get(key)), "")
    if not query and not document and "e5" in Path(name).name.lower().split("-"):
        return E5_PROMPTS
    return query, document


def _hash_of(directory: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("*")):
        if path.suffix in _HASHED and path.is_file():
            digest.update(str(path.relative_to(directory)).encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
