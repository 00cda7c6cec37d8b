"""Where Hugging Face's hub keeps a downloaded model on this machine; nothing is imported or asked.

The layout is the hub's documented one: `models--OWNER--NAME/refs/REVISION` names the commit whose
files lie in `models--OWNER--NAME/snapshots/COMMIT`.
"""

import os
from collections.abc import Mapping
from pathlib import Path

_NEWEST = "main"
_OWNER_OF_BARE_NAMES = "sentence-transformers"


def snapshot(name: str, revision: str | None = None, folder: Path | None = None) -> Path | None:
    """Return the folder of a model's files, or None where they are not on this machine."""
    root = folder or default_folder()
    names = [name] if "/" in name else [f"{_OWNER_OF_BARE_NAMES}/{name}", name]
    found = (_snapshot(root / f"models--{each.replace('/', '--')}", revision) for each in names)
    return next((path for path in found if path is not None), None)


def default_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Return the cache that sentence-transformers uses unless told otherwise."""
    read = os.environ if environ is None else environ
    if chosen := read.get("SENTENCE_TRANSFORMERS_HOME") or read.get("HF_HUB_CACHE"):
        return Path(chosen)
    caches = Path(read.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(read.get("HF_HOME") or caches / "huggingface") / "hub"


def _snapshot(model: Path, revision: str | None) -> Path | None:
    reference = model / "refs" / (revision or _NEWEST)
    commit = reference.read_text("ascii").strip() if reference.is_file() else revision
    path = model / "snapshots" / commit if commit else None
    return path if path is not None and path.is_dir() else None
