"""Any sentence-transformers model as an encoder."""

import hashlib
import os
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from matching import hub_cache
from matching.encoder_options import EncoderOptions
from matching.encoding import BATCH, Engine, Space
from matching.errors import EncoderUnavailable
from matching.types import Side, Vector

E5_PROMPTS = ("query: ", "passage: ")
_DOCUMENT_NAMES = ("document", "passage", "corpus")
_HASHED = {".json", ".safetensors", ".bin", ".model", ".txt"}
_HUB_NAME = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?")
_YES = {"1", "ON", "YES", "TRUE"}


class SentenceTransformerEncoder(Engine[tuple[Any, Space]]):
    """A model by directory, or by its name on Hugging Face's hub.

    What cannot be there is refused at once, before seconds of imports. Weights are computed in
    float32 whatever they are stored in. `threads` holds for all of torch in this process.
    """

    _torch_started_in: int | None = None

    def __init__(
        self, name: str, options: EncoderOptions | None = None, *, threads: int = 1
    ) -> None:
        super().__init__()
        self.spec = "st:" + name
        self._options = options or EncoderOptions()
        self._threads = threads
        self._offline = self._options.offline or _hub_is_offline()
        self._name = self._located(name)

    @property
    def space(self) -> Space:
        """Return the description of the vector space; loads the model."""
        return self._model()[1]

    def _located(self, name: str) -> str:
        """Return a directory's path or a hub name under which there may be a model."""
        if Path(name).expanduser().is_dir():
            return str(Path(name).expanduser())
        if not _HUB_NAME.fullmatch(name):
            raise EncoderUnavailable(f"{self.spec}: there is no directory {name}")
        if self._offline and self._snapshot(name) is None:
            folder = self._options.cache_folder or hub_cache.default_folder()
            raise EncoderUnavailable(
                f"{self.spec}: {name} is neither a directory nor a model in {folder}, and "
                "nothing may be downloaded (offline)."
            )
        return name

    def _snapshot(self, name: str) -> Path | None:
        return hub_cache.snapshot(name, self._options.revision, self._options.cache_folder)

    def _load(self) -> tuple[Any, Space]:
        if find_spec("sentence_transformers") is None:
            raise EncoderUnavailable(
                f"{self.spec} needs sentence-transformers: pip install torch, then "
                "pip install 'sentence-transformers>=6,<7'"
            )
        # Their own threads would outlive a fork in the parent only, and hang the child.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        self._set_threads()
        try:
            model = load_model(self._name, self._options, offline=self._offline)
            return model, self._described(model)
        except Exception as broken:  # whatever a model's files or code may bring about
            raise EncoderUnavailable(f"Cannot load {self.spec}: {broken}") from broken

    def _set_threads(self) -> None:
        import torch  # noqa: PLC0415 -- slow import

        # OpenMP's threads do not survive a fork; a child that asks for them waits for ever.
        forked = SentenceTransformerEncoder._torch_started_in not in {None, os.getpid()}
        torch.set_num_threads(1 if forked else self._threads)
        if not forked:
            SentenceTransformerEncoder._torch_started_in = os.getpid()

    def _described(self, model: Any) -> Space:
        return Space(
            weights="st:" + _hash_of(self._directory()),
            prompts=chosen_prompts(self._options, model.prompts or {}, self._name),
            dim=model.get_embedding_dimension(),
            pooling=",".join(type(module).__name__ for module in model),
            max_tokens=model.max_seq_length or 0,
            precision="torch.float32",
        )

    def _directory(self) -> Path:
        """Return where the weights lie: the given directory, or the snapshot in the hub's cache."""
        if Path(self._name).is_dir():
            return Path(self._name)
        if found := self._snapshot(self._name):
            return found
        raise EncoderUnavailable(f"No files of {self.spec} in the cache of Hugging Face.")

    def _encode_batch(self, model: tuple[Any, Space], batch: list[str], side: Side) -> Vector:
        transformer, space = model
        # Some models have a part of their own for each side, so the side is said as well.
        encode = transformer.encode_query if side is Side.QUERY else transformer.encode_document
        vectors = encode(
            batch,
            prompt=space.prompt(side),
            batch_size=BATCH,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, np.float32)


def load_model(name: str, options: EncoderOptions, *, offline: bool) -> Any:
    """Return the SentenceTransformer of a directory or hub name, in float32."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 -- seconds, and 400 MB
    from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415 -- slow import

    disable_progress_bar()  # it draws on the terminal of whoever serves
    folder = options.cache_folder
    return SentenceTransformer(
        name,
        device=options.device or None,
        revision=options.revision,
        cache_folder=None if folder is None else str(folder),
        local_files_only=offline or Path(name).is_dir(),
        truncate_dim=options.truncate_dim,
        trust_remote_code=options.trust_remote_code,
    ).float()


def chosen_prompts(options: EncoderOptions, own: dict[str, str], name: str) -> tuple[str, str]:
    """Return the prompts of the two sides: as set, or the model's own, or its family's, or none."""
    query = own.get("query") or ""
    document = next((own[key] for key in _DOCUMENT_NAMES if own.get(key)), "")
    # The e5 family publishes no prompts, yet was trained with these two.
    if not query and not document and "e5" in Path(name).name.lower().split("-"):
        query, document = E5_PROMPTS
    if options.query_prompt is not None:
        query = options.query_prompt
    if options.document_prompt is not None:
        document = options.document_prompt
    return query, document


def _hub_is_offline() -> bool:
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in _YES


def _hash_of(directory: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("*")):
        if path.suffix in _HASHED and path.is_file():
            digest.update(str(path.relative_to(directory)).encode())
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]
