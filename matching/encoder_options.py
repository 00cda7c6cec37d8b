"""How a sentence-transformers model is to be loaded."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderOptions:
    """Settings of `st:NAME_OR_DIRECTORY`; the other encoders have none."""

    query_prompt: str | None = None
    """Written before what is asked; None: the model's own, or that of its family."""
    document_prompt: str | None = None
    """Written before what answers; likewise."""
    revision: str | None = None
    """Branch, tag or commit of a hub model."""
    device: str = "cpu"
    """As torch names it, "cuda" for instance; empty: the fastest there is."""
    offline: bool = False
    """Take what lies on this machine and never ask the hub."""
    truncate_dim: int | None = None
    """Keep the first numbers of a vector only; for models that were trained for it."""
    cache_folder: Path | None = None
    """Where downloaded models lie; None: where sentence-transformers keeps them."""
    trust_remote_code: bool = False
    """Run the Python code that comes with a model. It may do whatever this process may."""
