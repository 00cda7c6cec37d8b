"""Arrays and a JSON header in a folder: checked by sha256, replaced as one, never pickled.

A file is named by its content, and `manifest.json` names the files that belong together. Writing
ends with the replacement of the manifest, so a reader sees the old set or the new one. The files
of the set before are kept for readers that had opened its manifest.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.errors import MatcherFileError

MANIFEST = "manifest.json"
ENDING = ".npy"

Arrays = Mapping[str, NDArray[Any]]


def save(folder: Path, arrays: Arrays, header: Mapping[str, Any]) -> None:
    """Write arrays and a JSON-serialisable header, in place of what the folder held."""
    folder.mkdir(parents=True, exist_ok=True)
    former = _listed(folder)
    files = {name: _write(folder, name, array) for name, array in arrays.items()}
    text = json.dumps({"header": header, "files": files}, indent=1, sort_keys=True)
    _replace(folder, folder / MANIFEST, (text + "\n").encode())
    kept = former | {file["name"] for file in files.values()}
    for path in folder.glob("*" + ENDING):
        if path.name not in kept:
            path.unlink(missing_ok=True)


def load(folder: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return arrays, mapped from their files read-only, and the header.

    Raises MatcherFileError when a file is missing or differs from its checksum.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        arrays = {name: _read(folder, file) for name, file in manifest["files"].items()}
        return arrays, dict(manifest["header"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as broken:
        raise MatcherFileError(f"{folder} cannot be read ({broken}): make it again.") from broken


def checksum(folder: Path) -> str:
    """Return the sha256 of the manifest, which stands for all content of the folder."""
    try:
        return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    except OSError as broken:
        raise MatcherFileError(f"{folder} has no {MANIFEST}.") from broken


def _listed(folder: Path) -> set[str]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        return {file["name"] for file in manifest["files"].values()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return set()


def _write(folder: Path, name: str, array: NDArray[Any]) -> dict[str, str]:
    with tempfile.NamedTemporaryFile(dir=folder, suffix=ENDING, delete=False) as file:
        np.save(file, np.ascontiguousarray(array), allow_pickle=False)
    digest = _sha256(Path(file.name))
    final = f"{name}-{digest[:12]}{ENDING}"
    Path(file.name).replace(folder / final)
    return {"name": final, "sha256": digest}


def _read(folder: Path, file: dict[str, str]) -> NDArray[Any]:
    path = folder / Path(file["name"]).name
    if _sha256(path) != file["sha256"]:
        raise ValueError(f"{path.name} is damaged")
    array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array


def _replace(folder: Path, path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
