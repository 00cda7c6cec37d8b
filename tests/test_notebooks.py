from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_run_from_top_to_bottom(path, monkeypatch):
    # The look at a few texts needs no model; what shows how good the matcher is must have it.
    monkeypatch.setenv("ENCODER", "fake" if path.stem == "first_look" else "builtin")
    notebook = nbformat.read(path, as_version=4)
    # The limit ends a cell that hangs; it is far above what one takes on a busy machine.
    NotebookClient(notebook, timeout=1200, resources={"metadata": {"path": ROOT}}).execute()
    printed = [cell for cell in notebook.cells if cell.get("outputs")]
    assert len(printed) >= 4


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_kept_without_their_results(path):
    cells = nbformat.read(path, as_version=4).cells
    assert [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")] == []
