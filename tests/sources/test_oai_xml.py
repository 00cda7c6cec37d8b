"""Answers are read strictly: nothing is repaired, nothing is looked up, nothing grows."""

import time
import tracemalloc
from datetime import UTC, datetime

import pytest

from needsbank.domain.harvests import HarvestProblem
from needsbank.sources.oai_xml import RawRecord, parse_moment, read_answer
from tests.oai_server import BOMB

HEAD = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-01-02T03:04:05Z'
RECORD = (
    "<record><header><identifier>oai:x:{0}</identifier></header><metadata>"
    '<dc xmlns="http://purl.org/dc/elements/1.1/"><title xml:lang="fi">Työ {0}</title></dc>'
    "</metadata></record>"
)


def answer(inner, head=HEAD):
    return f"{head}</responseDate>{inner}</OAI-PMH>"


def read(text, size=7):
    """Read an answer that comes in small pieces."""
    data = text if isinstance(text, bytes) else text.encode()
    return read_answer(data[at : at + size] for at in range(0, len(data), size))


def listed(*records, end=""):
    return answer(f"<ListRecords>{''.join(records)}{end}</ListRecords>")


def test_a_page_of_records():
    token = '<resumptionToken completeListSize="12">next</resumptionToken>'
    deleted = '<record><header status="deleted"><identifier>oai:x:2</identifier></header></record>'
    page = read(listed(RECORD.format(1), deleted, end=token))
    assert page.is_list
    assert page.moment == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert page.records == [
        RawRecord("oai:x:1", False, (("{http://purl.org/dc/elements/1.1/}title", "Työ 1", "fi"),)),
        RawRecord("oai:x:2", True),
    ]
    assert (page.token, page.expected) == ("next", 12)


def test_a_last_token_is_told_from_none():
    assert read(listed(RECORD.format(1), end="<resumptionToken/>")).token == ""
    assert read(listed(RECORD.format(1))).token is None


def test_other_encodings_are_read():
    text = f'<?xml version="1.0" encoding="UTF-16"?>{listed(RECORD.format(1))}'
    assert read(text.encode("utf-16")).records[0].fields[0][1] == "Työ 1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not at all",
        "<html><body>Back soon</body></html>",
        "<!DOCTYPE html><html><body><p>Back soon<br></body></html>",
        "<OAI-PMH><responseDate>2026-01-01</responseDate></OAI-PMH>",
        listed(RECORD.format(1))[:-30],
        listed(RECORD.format(1)) + "<more/>",
        listed("<record>"),
        listed("&undeclared;"),
        listed("a & b"),
        listed("\x01"),
        answer("", head=HEAD.replace("2026-01-02T03:04:05Z", "yesterday")),
        listed("<record><header><identifier> </identifier></header></record>"),
        BOMB,
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">' + listed(),
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        + listed(RECORD.format(1).replace("Työ", "&e;")),
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>' + listed(),
        listed("<a>" * 300 + "</a>" * 300),
    ],
)
def test_what_is_no_whole_answer_is_refused(text):
    with pytest.raises(HarvestProblem) as refused:
        read(text)
    assert (refused.value.code, refused.value.may_pass) == ("not_oai", True)
    assert "\n" not in refused.value.detail


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(HarvestProblem):
        read(listed(RECORD.format(1)).encode("latin-1"))


def test_a_file_of_the_machine_is_never_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    doctype = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
    with pytest.raises(HarvestProblem) as refused:
        read(doctype + listed(RECORD.format(1).replace("Työ", "&e;")))
    assert "the secret" not in str(refused.value)


def test_a_bomb_costs_neither_memory_nor_time():
    tracemalloc.start()
    started = time.process_time()
    with pytest.raises(HarvestProblem):
        read(BOMB)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.process_time() - started < 2
    assert most < 5_000_000


def test_more_elements_than_any_page_has_are_refused():
    with pytest.raises(HarvestProblem) as refused:
        read(listed("<a/>" * 600_000), size=65_536)
    assert refused.value.code == "too_large"


def test_what_looks_like_the_protocol_inside_a_record_is_not_taken_for_it():
    inner = RECORD.format(1).replace(
        "</dc>", '</dc><x xmlns=""><record><resumptionToken>t</resumptionToken></record></x>'
    )
    page = read(listed(inner, RECORD.format(2)))
    assert [record.identifier for record in page.records] == ["oai:x:1", "oai:x:2"]
    assert page.token is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-02", datetime(2026, 1, 2, tzinfo=UTC)),
        ("2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (" 2026-01-02T03:04:05.678Z ", datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)),
        ("2026-01-02T03:04:05+02:00", None),
        ("", None),
    ],
)
def test_moments(text, moment):
    assert parse_moment(text) == moment
