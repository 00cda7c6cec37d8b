"""The files of the made-up bank are read whole, or the broken one is named."""

import pytest

from needsbank.domain.errors import BankError
from needsbank.sources.demo_bank import read_records


def test_records_are_read_in_their_order(tmp_path):
    (tmp_path / "needs.jsonl").write_text('{"id": "b"}\n{"id": "a"}\n')
    assert read_records(tmp_path, "needs") == [{"id": "b"}, {"id": "a"}]


@pytest.mark.parametrize("content", [None, "{broken", b"\xff\xfe"])
def test_a_file_that_is_missing_or_broken_is_named(tmp_path, content):
    if content is not None:
        path = tmp_path / "needs.jsonl"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(BankError, match=r"the demo bank's needs\.jsonl cannot be read"):
        read_records(tmp_path, "needs")
