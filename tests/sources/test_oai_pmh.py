"""The client takes whole lists only, asks again when that may help, and says what is wrong."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from needsbank.domain.harvests import (
    Deleted,
    HarvestPage,
    HarvestProblem,
    HarvestStopped,
    Request,
)
from needsbank.domain.licences import Licence
from needsbank.domain.prior_works import RecordPriorWork
from needsbank.sources.fetching import Fetcher
from needsbank.sources.oai_pmh import read_pages
from tests.oai_server import Repository, days, serving_repository, titled
from tests.raw_server import saying, serving

FETCHER = Fetcher(allowed=["127.0.0.1"])


def asking(url, **values):
    return Request(name="Repo", address=url, licence=Licence.CC0, **values)


@pytest.fixture
def repository():
    with serving_repository(Repository([titled(number) for number in range(25)])) as served:
        yield served


class Reading:
    """What a reading gave before it ended, why it ended, and how long it was to wait."""

    def __init__(self, url, **values):
        self.pages: list[HarvestPage] = []
        self.waits: list[float] = []
        self.code: str | None = None
        self.detail, self.may_pass = "", False
        try:
            for page in read_pages(FETCHER, asking(url, **values), self.waits.append):
                self.pages.append(page)
        except HarvestProblem as problem:
            self.code, self.detail = problem.code, problem.detail
            self.may_pass = problem.may_pass

    @property
    def keys(self):
        return [record.source_key for page in self.pages for record in page.records]


def keys(numbers):
    return [f"oai:repo.example:{number}" for number in numbers]


def test_a_list_is_read_to_its_end(repository):
    read = Reading(repository.url)
    assert (read.code, read.keys) == (None, keys(range(25)))
    assert [len(page.records) for page in read.pages] == [10, 10, 5]
    assert [page.token for page in read.pages] == ["2/", "3/", None]
    assert {page.expected for page in read.pages} == {25}
    assert isinstance(read.pages[0].records[0], RecordPriorWork)
    assert repository.asked == [
        {"verb": "ListRecords", "metadataPrefix": "oai_dc"},
        {"verb": "ListRecords", "resumptionToken": "2/"},
        {"verb": "ListRecords", "resumptionToken": "3/"},
    ]


def test_a_list_of_one_page_needs_no_token(repository):
    repository.page_size = 100
    assert Reading(repository.url).keys == keys(range(25))


def test_format_and_set_are_those_of_the_source(repository):
    Reading(repository.url, prefix="qdc", set_spec="com_1:col_2")
    assert repository.asked[0]["metadataPrefix"] == "qdc"
    assert repository.asked[0]["set"] == "com_1:col_2"


def test_a_reading_goes_on_from_its_checkpoint(repository):
    read = Reading(repository.url, token="2/", position=10)
    assert (read.code, read.keys) == (None, keys(range(10, 25)))


def test_what_changed_is_asked_for_a_second_earlier(repository):
    repository.items[7].stamp = days(9)
    read = Reading(repository.url, since=days(9))
    assert read.keys == keys([7])
    assert repository.asked[1]["from"] == "2026-01-09T23:59:59Z"


def test_a_source_that_counts_in_days_is_asked_for_the_day_before(repository):
    repository.by_day = True
    repository.items[7].stamp = days(8)
    assert Reading(repository.url, since=days(9) + timedelta(hours=5)).keys == keys([7])
    assert repository.asked[1]["from"] == "2026-01-09"


def test_nothing_has_changed(repository):
    read = Reading(repository.url, since=days(9))
    assert (read.code, [page.records for page in read.pages]) == (None, [()])


def test_deleted_records_are_told(repository):
    repository.items[3].deleted = True
    page = Reading(repository.url).pages[0]
    assert page.records[3] == Deleted("oai:repo.example:3")


@pytest.mark.parametrize(("hours", "ours"), [(-30, False), (30, True)])
def test_the_list_is_as_old_as_the_earlier_clock_says(repository, hours, ours):
    theirs = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=hours)
    repository.clock = lambda: theirs
    moment = Reading(repository.url).pages[0].moment
    assert (moment == theirs) is not ours
    assert moment <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("fault", "code", "stored", "may_pass"),
    [
        ("truncated", "not_oai", 10, True),
        ("html", "not_oai", 10, True),
        ("500", "status", 10, True),
        ("503", "status", 10, True),
        ("404", "status", 10, True),
        ("repeated_token", "repeated_token", 20, False),
        ("bad_token", "bad_token", 10, False),
        ("bomb", "not_oai", 10, True),
        ("huge", "too_large", 10, False),
    ],
)
def test_a_list_that_breaks_is_told_from_a_whole_one(repository, fault, code, stored, may_pass):
    repository.fault = fault
    read = Reading(repository.url)
    assert (read.code, read.keys) == (code, keys(range(stored)))
    assert read.may_pass is may_pass
    assert read.detail


def test_a_token_that_comes_back_later_is_noticed(repository):
    repository.fault, repository.fault_at, repository.page_size = "repeated_token", 4, 5
    read = Reading(repository.url)
    assert read.code == "repeated_token"
    assert len(repository.asked) == 4


@pytest.mark.parametrize("fault", ["500", "503"])
def test_a_busy_server_is_asked_again(repository, fault):
    repository.fault, repository.times = fault, 2
    read = Reading(repository.url)
    assert (read.code, read.keys) == (None, keys(range(25)))
    waits = [wait for wait in read.waits if wait]
    assert waits == ([1.0, 1.0] if fault == "503" else [2.0, 15.0])


def test_nobody_waits_for_hours():
    with serving(saying("503 Busy\nRetry-After: 86400")) as server:
        read = Reading(server.url)
    assert (read.code, read.waits) == ("status", [])
    assert len(server.requests) == 1


def test_a_worker_that_is_to_end_asks_no_more(repository):
    def stop(seconds):
        raise HarvestStopped

    pages = read_pages(FETCHER, asking(repository.url), stop)
    assert len(next(pages).records) == 10
    with pytest.raises(HarvestStopped):
        next(pages)
    assert repository.pages == 1


def test_fewer_records_than_announced_are_no_whole_list(repository):
    whole = repository._page

    def missing_some(number, since, wanted, token=""):
        status, headers, body = whole(number, since, wanted, token)
        return status, headers, body.replace(b'completeListSize="25"', b'completeListSize="26"')

    repository._page = missing_some
    read = Reading(repository.url)
    assert (read.code, len(read.keys)) == ("incomplete_list", 25)
    assert "26" in read.detail


@pytest.mark.parametrize("announces", [True, False])
def test_a_list_must_say_that_it_ends(repository, announces):
    repository.announces = announces
    assert Reading(repository.url).code is None
    whole = repository._page

    def without_end(*words):
        status, headers, body = whole(*words)
        head, mark, _ = body.partition(b"<resumptionToken")
        last = b"></resumptionToken>" in body
        return status, headers, head + b"</ListRecords></OAI-PMH>" if mark and last else body

    repository._page = without_end
    read = Reading(repository.url)
    assert (read.code, len(read.keys)) == ("incomplete_list", 25)


def test_a_repository_without_any_records_is_not_believed(repository):
    repository.items = []
    assert Reading(repository.url).code == "nothing_there"


@contextmanager
def answering(inner):
    with serving(
        saying(
            "200 OK",
            b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
            b"<responseDate>2026-01-01T00:00:00Z</responseDate>" + inner + b"</OAI-PMH>",
        )
    ) as server:
        yield server


@pytest.mark.parametrize(
    ("inner", "code"),
    [
        (b"", "not_oai"),
        (b"<Identify/>", "not_oai"),
        (b"<ListRecords/>", "nothing_there"),
        (b'<error code="badArgument">no such set</error>', "refused"),
        (b'<error code="cannotDisseminateFormat"/>', "refused"),
        (b'<error code="noRecordsMatch"/>', "nothing_there"),
        (b"<ListRecords><record/></ListRecords>", "not_oai"),
        (b"<ListRecords><resumptionToken>" + b"x" * 5000 + b"</resumptionToken>", "too_large"),
    ],
)
def test_an_answer_that_is_no_list_is_told(inner, code):
    if b"<resumptionToken" in inner:
        inner += b"</ListRecords>"
    with answering(inner) as server:
        assert Reading(server.url).code == code


def test_a_source_that_does_not_say_its_granularity_cannot_be_asked_for_changes():
    with answering(b"<Identify/>") as server:
        assert Reading(server.url, since=days(1)).code == "not_oai"


def test_a_source_in_a_private_network_is_not_asked(repository):
    with pytest.raises(HarvestProblem) as refused:
        next(read_pages(Fetcher(), asking(repository.url), lambda seconds: None))
    assert (refused.value.code, refused.value.may_pass) == ("blocked", False)
    assert repository.asked == []
