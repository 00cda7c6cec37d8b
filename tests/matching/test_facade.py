import subprocess
import sys

import pytest

import matching


@pytest.mark.parametrize("name", matching.__all__)
def test_every_public_name_can_be_imported(name):
    assert getattr(matching, name).__name__ if name != "Vector" else matching.Vector


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nothing"):
        _ = matching.nothing


def test_importing_the_facade_loads_nothing_heavy():
    heavy = {"numpy", "onnxruntime", "scipy", "sklearn", "simplemma"}
    code = f"import matching, sys; print(*sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
