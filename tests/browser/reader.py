"""Somebody with a browser: reads in a language, signs in, and notices what is wrong on a page."""

from dataclasses import dataclass, field
from pathlib import Path

from babel.support import NullTranslations, Translations
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Locator,
    Page,
    Response,
    ViewportSize,
    WebError,
)

from tests.browser.serving import PASSWORD

ROOT = Path(__file__).parents[2]
LANGUAGES = {"fi": "Suomi", "sv": "Svenska", "en": "English"}
PHONE = ViewportSize(width=320, height=640)
_AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
_RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
    "rules": {"label-content-name-mismatch": {"enabled": False}},
}
_RESOURCE = "Failed to load resource"
# htmx logs it as an error when a newer request takes an older one's place, as hx-sync asks for.
_REPLACED = ("htmx:sendAbort", "htmx:afterRequest")


class Watch:
    """What a browser complains about on any page: errors, blocked contents, dialogs."""

    def __init__(self, context: BrowserContext) -> None:
        self.status = 0
        self._documents: set[str] = set()
        self._errors: list[tuple[str, str]] = []
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("dialog", self._on_dialog)
        context.on("response", self._on_response)

    @property
    def complaints(self) -> list[str]:
        """Return the errors, without the status of pages that are refusals themselves."""
        return [
            f"{address}: {text}"
            for address, text in self._errors
            if not (text.startswith(_RESOURCE) and address in self._documents)
        ]

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_REPLACED):
            self._errors.append((message.location["url"], message.text))

    def _on_error(self, error: WebError) -> None:
        self._errors.append((error.page.url if error.page else "", str(error.error)))

    def _on_dialog(self, dialog: Dialog) -> None:
        self._errors.append((dialog.page.url if dialog.page else "", f"dialog {dialog.message!r}"))
        dialog.dismiss()

    def _on_response(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self._documents.add(response.url)
            self.status = response.status


@dataclass
class Reader:
    """One browser window, whose reader knows the interface's words in one language."""

    page: Page
    watch: Watch
    language: str
    _catalogue: NullTranslations = field(init=False)

    def __post_init__(self) -> None:
        folder = ROOT / "needsbank" / "translations"
        self._catalogue = Translations.load(folder, [self.language])

    def word(self, text: str, **values: object) -> str:
        """Return the interface's text in the reader's language."""
        return self._catalogue.gettext(text) % values

    def words(self, one: str, many: str, num: int) -> str:
        """Return the interface's text for a number of things."""
        return self._catalogue.ngettext(one, many, num) % {"num": num}

    def main(self) -> Locator:
        """Return the page's content, without header and footer."""
        return self.page.get_by_role("main")

    def heading(self) -> Locator:
        """Return the page's main heading."""
        return self.page.get_by_role("heading", level=1)

    def follow(self, text: str) -> None:
        """Follow a link of the page's content that says just this."""
        self.main().get_by_role("link", name=self.word(text), exact=True).first.click()

    def press(self, text: str) -> None:
        """Press a button of the page's content that says just this."""
        self.main().get_by_role("button", name=self.word(text), exact=True).click()

    def control(self, label: str) -> Locator:
        """Return a form's control by its label."""
        return self.main().get_by_label(self.word(label))

    def menu(self, text: str) -> None:
        """Choose a place in the main menu."""
        menu = self.page.get_by_role("navigation", name=self.word("Main menu"))
        menu.get_by_role("link", name=self.word(text), exact=True).click()

    def choose_language(self) -> None:
        """Choose the reader's language in the header."""
        self.page.get_by_role("banner").get_by_role("link", name=LANGUAGES[self.language]).click()

    def sign_in(self, email: str) -> None:
        """Fill the sign-in form in for a demo account and send it."""
        self.control("E-mail").fill(email)
        self.control("Password").fill(PASSWORD)
        self.press("Sign in")

    def check(self, status: int = 200) -> None:
        """Look the page over: its status, language and title, and the rules of WCAG 2.2 AA."""
        page = self.page
        assert self.watch.status == status, page.url
        assert page.locator("html").get_attribute("lang") == self.language
        headings = page.locator("h1").all_inner_texts()
        assert [f"{heading} – Tarvepankki" for heading in headings] == [page.title()]
        self.check_accessibility()

    def check_accessibility(self) -> None:
        """Hold the page, as it looks now, against the rules of WCAG 2.2 AA."""
        # Injected once a page, in a way that its content security policy allows.
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(_AXE)
        found = self.page.evaluate("rules => axe.run(rules)", _RULES)["violations"]
        assert not found, "\n".join(
            f"{self.page.url}: {rule['id']} ({rule['help']}) at {node['target']}: {node['html']}"
            for rule in found
            for node in rule["nodes"]
        )

    def check_reflow(self) -> None:
        """See that nothing of the page lies beside a window as narrow as a phone."""
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 320, f"{self.page.url} is {width} px wide: {self._too_wide()}"
        scrolled = self.page.locator(".table-frame").evaluate_all(
            "frames => frames.filter(each => each.scrollWidth > each.clientWidth).length"
        )
        assert scrolled == 0, f"{self.page.url} has a table that is wider than its frame"

    def _too_wide(self) -> list[str]:
        found: list[str] = self.page.evaluate(
            """() => [...document.querySelectorAll("main *")]
                .filter(each => each.getBoundingClientRect().left + each.scrollWidth > 320.5)
                .map(each => each.outerHTML.slice(0, 160))"""
        )
        return found
