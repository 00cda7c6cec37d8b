"""OAI-PMH 2.0 answers, read strictly and record by record.

Nothing is repaired: an answer that is cut off, or is no OAI-PMH, is no answer. Document type
declarations, which entities and files could come in through, are refused; bytes and elements are
counted while they come, and what has been read is let go.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from lxml import etree

from needsbank.domain.harvests import HarvestProblem

OAI = "{http://www.openarchives.org/OAI/2.0/}"
MOST_BYTES = 10_000_000
"""Of one answer, unpacked: a hundred records are less than one million."""
MOST_ELEMENTS = 500_000
TOKEN_MAX = 4000
_DATE_FORMATS = ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%d")


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A record as it stands in the list; `fields` are (namespaced name, text, language code)."""

    identifier: str
    deleted: bool
    fields: tuple[tuple[str, str, str], ...] = ()


@dataclass(slots=True)
class OaiAnswer:
    """What one answer says; `token` is None without a resumptionToken element, "" in a last one."""

    moment: datetime | None = None
    error: str = ""
    error_text: str = ""
    granularity: str = ""
    is_list: bool = False
    records: list[RawRecord] = field(default_factory=list)
    token: str | None = None
    expected: int | None = None


def read_answer(chunks: Iterable[bytes]) -> OaiAnswer:
    """Return what an answer says; raise `HarvestProblem` ("not_oai") unless it is whole and one."""
    # Without entities, networks, declarations or repairs; depth and texts bounded by the library.
    parser = etree.XMLPullParser(
        events=("start", "end"),
        recover=False,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    reading = _Reading()
    try:
        for chunk in chunks:
            parser.feed(chunk)
            reading.take(parser)
        parser.close()
        reading.take(parser)
    except etree.XMLSyntaxError as error:
        raise _broken(f"the answer is no whole XML: {error.msg}") from error
    return reading.finished()


def parse_moment(text: str) -> datetime | None:
    """Return a moment in UTC as the protocol writes it, or None."""
    for each in _DATE_FORMATS:
        try:
            return datetime.strptime(text.strip(), each).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


class _Reading:
    """What has been read so far."""

    def __init__(self) -> None:
        self.answer = OaiAnswer()
        self._elements = 0

    def take(self, parser: etree.XMLPullParser) -> None:
        for event, element in parser.read_events():
            if event == "start":
                self._begin(element)
            else:
                self._end(element)

    def finished(self) -> OaiAnswer:
        if self.answer.moment is None:
            raise _broken("the answer does not say when it was made")
        return self.answer

    def _begin(self, element: etree._Element) -> None:
        if self._elements == 0:
            if element.getroottree().docinfo.internalDTD is not None:
                raise _broken("the answer declares a document type")
            if element.tag != f"{OAI}OAI-PMH":
                raise _broken("the answer is XML, but not of OAI-PMH")
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            raise HarvestProblem("too_large", f"the answer has over {MOST_ELEMENTS:,} elements")

    def _end(self, element: etree._Element) -> None:
        tag = str(element.tag)
        if not tag.startswith(OAI):
            return
        match tag.removeprefix(OAI):
            case "responseDate":
                self.answer.moment = parse_moment(_text(element))
            case "error":
                self.answer.error = element.get("code", "")[:40]
                self.answer.error_text = _text(element)
            case "granularity":
                self.answer.granularity = _text(element)
            case "record":
                self.answer.records.append(_record(element))
                _let_go(element)
            case "ListRecords":
                self.answer.is_list = True
            case "resumptionToken":
                self._end_of_page(element)

    def _end_of_page(self, element: etree._Element) -> None:
        token, size = _text(element), element.get("completeListSize", "")
        if len(token) > TOKEN_MAX:
            raise HarvestProblem("too_large", "the resumption token is too long")
        self.answer.token = token
        self.answer.expected = int(size) if size.isascii() and size.isdigit() else None


def _broken(detail: str) -> HarvestProblem:
    # A page of a server under maintenance looks like this too.
    return HarvestProblem("not_oai", detail, may_pass=True)


def _record(element: etree._Element) -> RawRecord:
    header = element.find(f"{OAI}header")
    identifier = "" if header is None else _text(header.find(f"{OAI}identifier"))
    if header is None or not identifier:
        raise _broken("a record has no identifier")
    metadata = element.find(f"{OAI}metadata")
    described = [] if metadata is None else metadata.iterdescendants("{*}*")
    fields = tuple(
        (str(each.tag), _text(each), each.get("{http://www.w3.org/XML/1998/namespace}lang", ""))
        for each in described
        if each.text and each.text.strip()
    )
    return RawRecord(identifier, header.get("status") == "deleted", fields)


def _text(element: etree._Element | None) -> str:
    return "" if element is None or element.text is None else element.text.strip()


def _let_go(element: etree._Element) -> None:
    parent = element.getparent()
    element.clear()
    # The empty ones before it would still be there.
    while parent is not None and element.getprevious() is not None:
        del parent[0]
