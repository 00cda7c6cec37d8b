"""An OAI-PMH repository on loopback, in this process, with the faults that real ones have."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_NAMESPACES = {
    "oai_dc": (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">',
        "</oai_dc:dc>",
    ),
    "qdc": (
        '<qdc:qualifieddc xmlns:qdc="http://dspace.org/qualifieddc/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">',
        "</qdc:qualifieddc>",
    ),
}
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">'
    '<!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;">]>'
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>&f;</responseDate></OAI-PMH>'
)

Answer = tuple[int, dict[str, str], bytes | Iterator[bytes]]


@dataclass
class Item:
    """A record of the repository; `fields` are (prefixed element, text, language code)."""

    identifier: str
    fields: list[tuple[str, str, str]] = field(default_factory=list)
    stamp: datetime = FIRST_DAY
    deleted: bool = False


def titled(number: int, title: str = "", **values: object) -> Item:
    """Return a record with the least that is stored."""
    said = [("dc:title", title or f"Work {number}", ""), ("dc:language", "en", "")]
    return Item(f"oai:repo.example:{number}", said, **values)  # type: ignore[arg-type]


@dataclass
class Repository:
    """Serves `items` in pages; `fault` happens on the page of that number, as often as `times`."""

    items: list[Item]
    page_size: int = 10
    by_day: bool = False
    announces: bool = True
    """Whether completeListSize is told."""
    fault: str = ""
    fault_at: int = 2
    times: int = 1_000_000
    asked: list[dict[str, str]] = field(default_factory=list)
    pages: int = 0
    """Served so far, good or bad."""
    url: str = ""
    before_page: Callable[[int], None] = lambda number: None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def answer(self, words: dict[str, str]) -> Answer:
        self.asked.append(words)
        if words["verb"] == "Identify":
            granularity = "YYYY-MM-DD" if self.by_day else "YYYY-MM-DDThh:mm:ssZ"
            return self._xml(f"<Identify><granularity>{granularity}</granularity></Identify>")
        self.pages += 1
        number, since, wanted = self._place(words)
        self.before_page(number)
        if self.fault and number == self.fault_at and self.times > 0:
            self.times -= 1
            return self._faulty(number, since, wanted)
        return self._page(number, since, wanted)

    def _place(self, words: dict[str, str]) -> tuple[int, str, list[Item]]:
        """Return the number of the page, from when the list is, and all its records."""
        if token := words.get("resumptionToken"):
            page, _, since = token.partition("/")
        else:
            page, since = "1", words.get("from", "")
        form = "%Y-%m-%d" if self.by_day else "%Y-%m-%dT%H:%M:%SZ"
        return int(page), since, [i for i in self.items if i.stamp.strftime(form) >= since]

    def _page(self, number: int, since: str, wanted: list[Item], token: str = "") -> Answer:
        if not wanted:
            return self._xml('<error code="noRecordsMatch">nothing</error>')
        start = (number - 1) * self.page_size
        some = wanted[start : start + self.page_size]
        more = start + self.page_size < len(wanted)
        token = token or (f"{number + 1}/{since}" if more else "")
        size = f' completeListSize="{len(wanted)}" cursor="{start}"' if self.announces else ""
        end = f"<resumptionToken{size}>{token}</resumptionToken>" if more or number > 1 else ""
        return self._xml(f"<ListRecords>{''.join(map(_record, some))}{end}</ListRecords>")

    def _faulty(self, number: int, since: str, wanted: list[Item]) -> Answer:
        whole = self._page(number, since, wanted)
        match self.fault:
            case "truncated":
                assert isinstance(whole[2], bytes)
                return 200, whole[1], whole[2][: len(whole[2]) // 2]
            case "html":
                page = b"<!DOCTYPE html><html><body><h1>We are back soon</h1></body></html>"
                return 200, {"Content-Type": "text/html"}, page
            case "500":
                return 500, {}, b"oops"
            case "503":
                return 503, {"Retry-After": "1"}, b"busy"
            case "404":
                return 404, {}, b"gone"
            case "repeated_token":
                return self._page(number, since, wanted, token=f"{number}/{since}")
            case "bad_token":
                return self._xml('<error code="badResumptionToken">expired</error>')
            case "repeated_ids":
                return self._page(number, since, wanted[: self.page_size] * number + wanted)
            case "bomb":
                return 200, {"Content-Type": "text/xml"}, BOMB.encode()
            case "huge":
                return 200, {"Content-Type": "text/xml"}, self._huge()
        raise AssertionError(self.fault)

    def _huge(self) -> Iterator[bytes]:
        head = f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>{self._now()}'
        yield f"{head}</responseDate><ListRecords>".encode()
        filler = _record(titled(1, "Much " * 90))
        for _ in range(50_000_000 // len(filler)):
            yield filler.encode()
        yield b"</ListRecords></OAI-PMH>"

    def _xml(self, inner: str) -> Answer:
        text = (
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
            f"<responseDate>{self._now()}</responseDate><request>x</request>{inner}</OAI-PMH>"
        )
        return 200, {"Content-Type": "text/xml; charset=utf-8"}, text.encode()

    def _now(self) -> str:
        return self.clock().strftime("%Y-%m-%dT%H:%M:%SZ")


def _record(item: Item) -> str:
    status = ' status="deleted"' if item.deleted else ""
    head = (
        f"<header{status}><identifier>{escape(item.identifier)}</identifier>"
        f"<datestamp>{item.stamp:%Y-%m-%dT%H:%M:%SZ}</datestamp></header>"
    )
    if item.deleted:
        return f"<record>{head}</record>"
    terms = any(name.startswith("dcterms:") for name, *_ in item.fields)
    before, after = _NAMESPACES["qdc" if terms else "oai_dc"]
    fields = "".join(_element(*each) for each in item.fields)
    return f"<record>{head}<metadata>{before}{fields}{after}</metadata></record>"


def _element(name: str, text: str, code: str) -> str:
    attribute = f' xml:lang="{code}"' if code else ""
    return f"<{name}{attribute}>{escape(text)}</{name}>"


@contextmanager
def serving_repository(repository: Repository) -> Iterator[Repository]:
    """Serve a repository while the block runs; its address stands in `url`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            words = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
            status, headers, body = repository.answer(words)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if isinstance(body, bytes):
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                for piece in [body] if isinstance(body, bytes) else body:
                    self.wfile.write(piece)
            except OSError:
                return  # the reader has had enough

        def log_message(self, *_words: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    repository.url = f"http://127.0.0.1:{server.server_port}/oai"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield repository
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def days(number: float) -> datetime:
    """Return a datestamp; a greater number is later."""
    return FIRST_DAY + timedelta(days=number)
