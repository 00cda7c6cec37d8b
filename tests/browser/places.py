"""Every page template, who sees most of it, and the way there."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from playwright.sync_api import Page

from tests.browser.serving import CONFIRMING, FOLLOWED, IN_USE_CODE, STOP_PATH

PARTNER = "partneri@demo.example"
MEMBER = "jasen@demo.example"
COORDINATOR = "koordinaattori@demo.example"
LEAD = "paakoordinaattori@demo.example"
ADMIN = "yllapito@demo.example"
AMBASSADOR = "lahettilas@demo.example"


@dataclass(frozen=True, slots=True)
class Place:
    """A page by its template: where the way begins, what is typed, what is clicked in turn.

    `opened` is a link whose address is opened, where a click would fetch a part into the page;
    `onward` is added to the address at the end, for a page that nothing links to; `brought` is what
    stands in a file that a form is sent with.
    """

    template: str
    start: str
    email: str | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    clicks: tuple[str, ...] = ()
    opened: str = ""
    onward: str = ""
    brought: str = ""
    status: int = 200

    def go(self, page: Page) -> None:
        """Go there."""
        page.goto(self.start)
        for selector, text in self.typed.items():
            page.fill(selector, text)
        for selector in self.clicks:
            with page.expect_navigation():
                page.locator(selector).first.click()
        if self.opened:
            page.goto(page.locator(self.opened).first.get_attribute("href") or "")
        if self.onward:
            page.goto(page.url + self.onward)
        if self.brought:
            page.set_input_files(
                "#main input[type=file]",
                {"name": "a.csv", "mimeType": "text/csv", "buffer": self.brought.encode()},
            )
            with page.expect_navigation():
                page.locator(_SEND).first.click()

    def __str__(self) -> str:
        who = (self.email or "anybody").partition("@")[0]
        return f"{self.template.removesuffix('.html')} for {who}, {self.status}"


_TITLE = "#main article h2 a, #main article h3 a"
# "success" is the tag of what is open.
_OWN_NEED = "#main article:has([data-color=success]) a[href^='/needs/']"
_OWN_COMPETENCE = "#main article:has([data-color=success]) a[href^='/competences/']"
_SEND = "#main button[type=submit]:not([formaction], [aria-hidden])"
_CATALOGUE = "#main h2 a:text-is('Hankkeet')"
_BRING = "#main a[href$='/files/new']"
_QUEUED = "#main ol h2 a"
_IDEA = "#main ol h2 a[href*='/coordination/matters/']"
_COUNTY = "#main td a:text-is('Rantamaan hyvinvointialue')"
_LINKS = "#main a[href^='/unit-links/']"
_POSTER = "#main a[href$='/poster']"
_BOX = "#main a[href^='/i/']"
_MINE = "#main section:has(#mine) h3 a"
_MERGE = "#main a.ds-button[href*='/merges/new']"
_SKETCH = "#main a[href*='/sketches/new']"
_UNDER_WAY = "#main h2 a:text-is('Hälytyskellot soivat yöllä turhaan')"
_OFFERED = "#main h2 a:text-is('Sama lomake kahdesti')"
_OFFER = "#main a[href$='/result']"
_SUGGESTED = "#main li h3 a[href*='/suggestions/']"
_ASKED_FOR = "#main section[aria-labelledby=waiting] h3 a"
_HELD = "#main section[aria-labelledby=mine] li:has([data-color=success]) h3 a"
_DONE = "#main section[aria-labelledby=mine] li:last-child h3 a"
_CONFIRM = "#main a[href$='/confirm']"
_BOARD = "#main a[href$='/board']"

PLACES = (
    Place("front/home.html", "/"),
    Place("front/about.html", "/about"),
    Place("journeys/path.html", "/journey"),
    Place("front/search.html", "/search"),
    Place("front/search.html", "/search?q=kotihoidon+perehdytys"),
    Place("account/sign_in.html", "/sign-in"),
    Place("account/sign_in.html", "/sign-in", clicks=(_SEND,)),
    Place("account/my_page.html", "/my", PARTNER),
    Place("account/show.html", "/account", PARTNER),
    Place("account/password.html", "/account/password", PARTNER),
    Place("account/password.html", "/account/password", PARTNER, clicks=(_SEND,)),
    Place("needs/list.html", "/needs/"),
    Place("needs/show.html", "/needs/", clicks=(_TITLE,)),
    Place("needs/show.html", "/my", PARTNER, clicks=(_OWN_NEED,)),
    Place("needs/status.html", "/my", PARTNER, clicks=(_OWN_NEED,), onward="/status"),
    Place("needs/form.html", "/needs/new", PARTNER),
    Place("needs/form.html", "/needs/new", PARTNER, clicks=(_SEND,), status=422),
    Place(
        "needs/similar.html",
        "/needs/new",
        PARTNER,
        typed={"#title": "Uusi sijainen saa liian vähän opastusta"},
        clicks=("#main button[formaction]",),
    ),
    Place(
        "needs/comparison.html",
        "/my",
        PARTNER,
        clicks=(_OWN_NEED,),
        opened="#main a[href*='/similar/']",
    ),
    Place("supports/ask.html", "/needs/", PARTNER, clicks=("#main a[href$='/support']",)),
    Place(
        "adoptions/ask.html", "/my", PARTNER, clicks=(_OWN_NEED,), opened="#main a[href*='/adopt/']"
    ),
    Place("needs/close.html", "/my", PARTNER, clicks=(_OWN_NEED, "#main a[href$='/close']")),
    Place("competences/list.html", "/competences/"),
    Place("competences/show.html", "/my", MEMBER, clicks=(_OWN_COMPETENCE,)),
    Place("competences/form.html", "/competences/new", MEMBER),
    Place("competences/form.html", "/competences/new", MEMBER, clicks=(_SEND,), status=422),
    Place("prior_works/list.html", "/prior-works/"),
    Place("prior_works/list.html", "/prior-works/?q=xyzzy&kind=product&language=sv"),
    Place("prior_works/show.html", "/prior-works/", clicks=(_TITLE,)),
    Place("sources/list.html", "/sources/", COORDINATOR),
    Place("sources/show.html", "/sources/", COORDINATOR, clicks=(_CATALOGUE,)),
    Place("sources/show.html", "/sources/", ADMIN, clicks=(_CATALOGUE,)),
    Place(
        "sources/progress.html", "/sources/", COORDINATOR, clicks=(_CATALOGUE,), onward="/progress"
    ),
    Place("sources/form.html", "/sources/new?preset=projects", ADMIN),
    Place("sources/form.html", "/sources/new", ADMIN, clicks=(_SEND,), status=422),
    Place("uploads/new.html", "/sources/", ADMIN, clicks=(_CATALOGUE, _BRING)),
    Place("uploads/new.html", "/sources/", ADMIN, clicks=(_CATALOGUE, _BRING, _SEND), status=422),
    Place(
        "uploads/show.html",
        "/sources/",
        ADMIN,
        clicks=(_CATALOGUE, _BRING),
        brought="id,title,abstract\n1,Avaimet toisin,Uusi teksti\n2,Ateriat,\n3,,\n",
    ),
    Place("organisations/list.html", "/organisations/"),
    Place("organisations/show.html", "/organisations/", COORDINATOR, clicks=("#main td a",)),
    Place("organisations/form.html", "/organisations/new", COORDINATOR),
    Place(
        "organisations/form.html", "/organisations/new", COORDINATOR, clicks=(_SEND,), status=422
    ),
    Place("pairings/list.html", "/pairings/", PARTNER),
    Place("pairings/show.html", "/pairings/", PARTNER, clicks=("#main h2 a",)),
    Place("coordination/queue.html", "/coordination/", COORDINATOR),
    Place("coordination/matters.html", "/coordination/matters/", COORDINATOR),
    Place("coordination/matters.html", "/coordination/matters/?waiting=late", COORDINATOR),
    Place("coordination/need.html", "/coordination/", COORDINATOR, clicks=(_QUEUED,)),
    Place(
        "coordination/need.html",
        "/coordination/matters/",
        COORDINATOR,
        clicks=(_QUEUED, "#decision button"),
        status=422,
    ),
    Place(
        "coordination/matter.html",
        "/coordination/matters/?waiting=late",
        COORDINATOR,
        clicks=(_IDEA,),
    ),
    Place(
        "coordination/answer.html",
        "/coordination/matters/?waiting=answer",
        COORDINATOR,
        clicks=(_QUEUED,),
    ),
    Place(
        "representatives/naming.html",
        "/coordination/matters/?waiting=representative",
        COORDINATOR,
        clicks=(_QUEUED, "#main a[href$='/representative']"),
    ),
    Place("representatives/invited.html", "/accept/demo-edustaja"),
    Place(
        "coordination/suggestion.html",
        "/coordination/",
        COORDINATOR,
        clicks=(_QUEUED, _SUGGESTED),
    ),
    Place(
        "coordination/suggestion.html",
        "/coordination/",
        COORDINATOR,
        clicks=(_QUEUED, _SUGGESTED, _SEND),
        status=422,
    ),
    Place("merges/new.html", "/coordination/", COORDINATOR, clicks=(_QUEUED, _MERGE)),
    Place("merges/new.html", "/coordination/", COORDINATOR, clicks=(_QUEUED, _MERGE, _MERGE)),
    Place("merges/list.html", "/coordination/merges/", COORDINATOR),
    Place("merges/show.html", "/coordination/merges/", COORDINATOR, clicks=("#main h2 a",)),
    Place(
        "merges/show.html",
        "/coordination/merges/",
        COORDINATOR,
        clicks=("#main h2 a", _SEND),
        status=422,
    ),
    Place("merges/objection.html", "/my", AMBASSADOR, clicks=("#main a[href$='/objection']",)),
    Place("duplicates/list.html", "/coordination/duplicates", COORDINATOR),
    Place("workshops/list.html", "/workshops/", PARTNER),
    Place("workshops/list.html", "/workshops/", COORDINATOR),
    Place("workshops/form.html", "/workshops/new", PARTNER),
    Place("workshops/form.html", "/workshops/new", PARTNER, clicks=(_SEND,), status=422),
    Place("workshops/show.html", "/workshops/", COORDINATOR, clicks=(_ASKED_FOR,)),
    Place("workshops/show.html", "/workshops/", AMBASSADOR, clicks=(_HELD,)),
    Place("workshops/confirm.html", "/workshops/", COORDINATOR, clicks=(_ASKED_FOR, _CONFIRM)),
    Place(
        "workshops/confirm.html",
        "/workshops/",
        COORDINATOR,
        clicks=(_ASKED_FOR, _CONFIRM, "#main button[name=look]"),
        status=422,
    ),
    Place(
        "workshops/move.html",
        "/workshops/",
        AMBASSADOR,
        clicks=(_HELD, "#main a[href$='/3/move']"),
    ),
    Place(
        "workshops/call_off.html",
        "/workshops/",
        AMBASSADOR,
        clicks=(_HELD, "#main a[href$='/3/call-off']"),
    ),
    Place(
        "workshops/sheet.html", "/workshops/", PARTNER, clicks=(_DONE, "#main a[href$='/sheet']")
    ),
    Place("boards/lead.html", "/workshops/", AMBASSADOR, clicks=(_HELD, _BOARD)),
    Place("boards/lead.html", "/workshops/", AMBASSADOR, clicks=(_DONE, _BOARD)),
    Place(
        "boards/take_part.html",
        "/workshops/",
        AMBASSADOR,
        clicks=(_HELD, _BOARD),
        opened="#main a[href*='/boards/']",
    ),
    Place("coordination/log.html", "/coordination/log", COORDINATOR),
    Place("ideas/links.html", "/organisations/", PARTNER, clicks=(_COUNTY, _LINKS)),
    Place("ideas/poster.html", "/organisations/", PARTNER, clicks=(_COUNTY, _LINKS, _POSTER)),
    Place("ideas/throw.html", "/organisations/", PARTNER, clicks=(_COUNTY, _LINKS), opened=_BOX),
    Place(
        "ideas/similar.html",
        "/organisations/",
        PARTNER,
        clicks=(_COUNTY, _LINKS, _BOX, "#main button[formaction]"),
    ),
    Place("follow/show.html", f"/follow/{FOLLOWED}"),
    Place("follow/confirm.html", f"/follow/mail/{CONFIRMING}"),
    Place("ideas/list.html", "/ideas/", AMBASSADOR),
    Place("ideas/list.html", "/ideas/", LEAD),
    Place("ideas/show.html", "/ideas/", AMBASSADOR, clicks=(_MINE,)),
    Place("ideas/word.html", "/ideas/", AMBASSADOR, clicks=(_MINE,), onward="/word"),
    Place("ideas/rules.html", "/ideas/rules/", COORDINATOR),
    Place(
        "mail_levels/choose.html", "/account", PARTNER, clicks=("#main a[href$='/account/mail']",)
    ),
    Place("mail_levels/stop.html", STOP_PATH),
    Place("mail_levels/stop.html", STOP_PATH, clicks=(_SEND,)),
    Place("calendars/feeds.html", "/account", PARTNER, clicks=("#main a[href$='/calendars']",)),
    Place("messages/list.html", "/my", ADMIN, clicks=("#main a[href$='/messages/']",)),
    Place("webhooks/list.html", "/administration/channels/", ADMIN),
    Place("webhooks/list.html", "/administration/channels/", ADMIN, clicks=(_SEND,), status=422),
    Place("administration/matcher.html", "/my", ADMIN, clicks=("#main a[href$='/matcher']",)),
    Place("collaborations/list.html", "/collaborations/", PARTNER),
    Place("collaborations/show.html", "/collaborations/", MEMBER, clicks=(_UNDER_WAY,)),
    Place("collaborations/show.html", "/collaborations/", COORDINATOR, clicks=(_UNDER_WAY,)),
    Place("collaborations/form.html", "/collaborations/", MEMBER, clicks=(_UNDER_WAY, _OFFER)),
    Place(
        "collaborations/form.html",
        "/collaborations/",
        MEMBER,
        clicks=(_UNDER_WAY, _OFFER, _SEND),
        status=422,
    ),
    Place(
        "collaborations/agreement.html",
        "/collaborations/",
        MEMBER,
        clicks=(_UNDER_WAY, "#main a[href$='/agreement']"),
    ),
    Place("collaborations/questions.html", "/collaborations/questions/", COORDINATOR),
    Place(
        "collaborations/receipt.html",
        "/collaborations/",
        PARTNER,
        clicks=(_OFFERED, "#main a[href$='/receipt']"),
    ),
    Place("results/list.html", "/results/"),
    Place("results/show.html", "/results/", clicks=(_TITLE,)),
    Place("results/show.html", "/results/", COORDINATOR, clicks=(_TITLE,)),
    Place("events/list.html", "/events/"),
    Place("events/show.html", "/events/", clicks=(_TITLE,)),
    Place("events/show.html", "/events/", COORDINATOR, clicks=(_TITLE,)),
    Place("events/form.html", "/events/new", COORDINATOR),
    Place("events/form.html", "/events/new", COORDINATOR, clicks=(_SEND,), status=422),
    Place("adoption_ledger/ask.html", f"/in-use/{IN_USE_CODE}?answer=partly"),
    Place("adoption_ledger/ask.html", f"/in-use/{IN_USE_CODE}", clicks=(_SEND,), status=422),
    Place("adoption_ledger/list.html", "/coordination/in-use", COORDINATOR),
    Place("lessons/list.html", "/lessons/"),
    Place("lessons/list.html", "/lessons/?q=xyzzy"),
    Place("sketches/list.html", "/coordination/sketches/", COORDINATOR),
    Place("sketches/show.html", "/coordination/sketches/", COORDINATOR, clicks=("#main h2 a",)),
    Place(
        "sketches/edit.html",
        "/coordination/sketches/",
        COORDINATOR,
        clicks=("#main h2 a", "#main a[href$='/edit']"),
    ),
    Place("sketches/new.html", "/coordination/", COORDINATOR, clicks=(_QUEUED, _SKETCH)),
)
