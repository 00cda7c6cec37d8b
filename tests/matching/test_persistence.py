import json

import numpy as np
import pytest

from matching import MatcherFileError
from matching.persistence import MANIFEST, load, save

FIRST = {"numbers": np.arange(5)}
SECOND = {"numbers": np.arange(5, 9)}


def test_arrays_and_header_come_back(tmp_path):
    save(tmp_path, FIRST, {"format": "x"})
    arrays, header = load(tmp_path)
    assert arrays["numbers"].tolist() == [0, 1, 2, 3, 4]
    assert header == {"format": "x"}


def test_saving_again_replaces_the_set_and_keeps_one_former_for_readers(tmp_path):
    save(tmp_path, FIRST, {})
    reader, _ = load(tmp_path)
    save(tmp_path, SECOND, {})
    assert len(list(tmp_path.glob("*.npy"))) == 2
    save(tmp_path, SECOND, {})
    assert len(list(tmp_path.glob("*.npy"))) == 1
    assert load(tmp_path)[0]["numbers"].tolist() == [5, 6, 7, 8]
    assert reader["numbers"].tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY broken", None])
def test_a_damaged_or_missing_file_is_refused(tmp_path, content):
    save(tmp_path, FIRST, {})
    (path,) = tmp_path.glob("*.npy")
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(MatcherFileError):
        load(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"files": {"x": 1}, "header": {}}'])
def test_a_damaged_manifest_is_refused_and_can_be_written_over(tmp_path, content):
    (tmp_path / MANIFEST).write_text(content)
    with pytest.raises(MatcherFileError):
        load(tmp_path)
    save(tmp_path, FIRST, {})
    assert list(load(tmp_path)[0]) == ["numbers"]


def test_a_manifest_cannot_point_outside_its_folder(tmp_path):
    save(tmp_path / "a", FIRST, {})
    manifest = json.loads((tmp_path / "a" / MANIFEST).read_text())
    (tmp_path / "b").mkdir()
    name = manifest["files"]["numbers"]["name"]
    manifest["files"]["numbers"]["name"] = f"../a/{name}"
    (tmp_path / "b" / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(MatcherFileError):
        load(tmp_path / "b")
