"""Reading pages as a browser without scripts would, and the rules that every page keeps."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser

from flask.json.tag import TaggedJSONSerializer
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from needsbank.db.models import SignInSession, User
from needsbank.domain.clock import now
from needsbank.web.sessions import hash_key

VOID = {"br", "hr", "img", "input", "link", "meta", "path", "rect", "circle"}
LABELLED = {"input", "select", "textarea"}
WITHOUT_LABEL = {"hidden", "submit", "button"}


@dataclass
class Element:
    """An element with its attributes, its text, and the elements around it."""

    tag: str
    attributes: dict[str, str]
    around: tuple["Element", ...]
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Return the text inside, white space narrowed."""
        return " ".join("".join(self.words).split())

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def is_inside(self, tag: str) -> bool:
        return any(element.tag == tag for element in self.around)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.declarations: list[str] = []
        self.misnested: list[str] = []

    def handle_decl(self, decl: str) -> None:
        self.declarations.append(decl)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.misnested.append(f"<{tag}> names an attribute twice")
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(self.open))
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1].tag != tag:
            self.misnested.append(
                f"</{tag}> closes {self.open[-1].tag if self.open else 'nothing'}"
            )
            return
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.words.append(data)


class Page:
    """What a response shows."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.html = response.get_data(as_text=True)
        self._reader = _Reader()
        self._reader.feed(self.html)
        self._reader.close()
        self.elements = self._reader.elements

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Return the elements of a tag that have all these attributes."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.elements
            if element.tag == tag
            and all(element.attributes.get(name) == value for name, value in wanted.items())
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        (only,) = self.all(tag, **attributes)
        return only

    @property
    def h1(self) -> str:
        return self.one("h1").text

    @property
    def main(self) -> str:
        """Return the text of the page's own part."""
        return self.one("main").text

    @property
    def errors(self) -> list[str]:
        """Return what the form complains of, beside the fields."""
        return [e.text for e in self.all("p") if "ds-validation-message" in e.get("class")]

    @property
    def flashes(self) -> list[str]:
        return [e.text for e in self.all("div") if e.get("class") == "ds-alert" and _is_flash(e)]

    def value_of(self, name: str) -> str:
        """Return what a form's field would send."""
        fields = [
            e
            for e in self.elements
            if e.get("name") == name and e.tag in LABELLED and e.is_inside("form")
        ]
        if fields[0].tag == "textarea":
            return "".join(fields[0].words).removeprefix("\n").removeprefix("\r\n")
        if fields[0].tag == "select":
            options = [e for e in self.all("option") if fields[0] in e.around]
            chosen = [e for e in options if "selected" in e.attributes] or options
            return chosen[0].get("value")
        if fields[0].get("type") == "radio":
            return next((e.get("value") for e in fields if "checked" in e.attributes), "")
        return fields[0].get("value")

    @property
    def token(self) -> str:
        """Return the page's token against forged requests."""
        return self.all("input", name="csrf_token")[0].get("value")

    def broken_rules(self) -> list[str]:
        """Return what is wrong with the page; an empty list is what every page wants."""
        return [*self._reader.misnested, *self._frame(), *self._inline(), *self._controls()]

    def _frame(self) -> list[str]:
        found = []
        if self._reader.declarations[:1] != ["doctype html"]:
            found.append("no doctype")
        if not self.one("html").get("lang"):
            found.append("html has no lang")
        headings = self.all("h1")
        if len(headings) != 1:
            found.append(f"{len(headings)} h1")
        elif not self.all("title")[0].text.startswith(headings[0].text):
            found.append(f"title {self.all('title')[0].text!r}, h1 {headings[0].text!r}")
        ids = [element.get("id") for element in self.elements if "id" in element.attributes]
        found += [f"id {each!r} twice" for each in sorted(set(ids)) if ids.count(each) > 1]
        named = " ".join(
            element.get(name)
            for element in self.elements
            for name in ("aria-labelledby", "aria-describedby", "for")
        )
        found += [f"id {each!r} is named, not there" for each in named.split() if each not in ids]
        found += [
            f"link to #{e.get('href')[1:]}, not there"
            for e in self.all("a")
            if e.get("href").startswith("#") and e.get("href")[1:] not in ids
        ]
        if self._reader.open:
            found.append(f"{[element.tag for element in self._reader.open]} left open")
        return found

    def _inline(self) -> list[str]:
        found = [f"<{element.tag} style>" for element in self.elements if element.get("style")]
        found += ["<style>" for _ in self.all("style")]
        found += [
            "inline script" for element in self.all("script") if "src" not in element.attributes
        ]
        found += [
            f"<{element.tag} {name}>"
            for element in self.elements
            for name, value in element.attributes.items()
            if name.startswith("on") or value.strip().lower().startswith("javascript:")
        ]
        return found

    def _controls(self) -> list[str]:
        found = [
            f"form {form.get('id')} has no action"
            for form in self.all("form")
            if not form.get("action")
        ]
        labels = {label.get("for") for label in self.all("label")}
        for element in self.elements:
            name = element.get("name") or element.get("id")
            asks = element.tag in LABELLED and element.get("type") not in WITHOUT_LABEL
            if asks and element.get("id") not in labels and not element.get("aria-label"):
                found.append(f"{name} has no label")
            if element.tag in {"button", "a"} and not (element.text or element.get("aria-label")):
                found.append(f"<{element.tag} {name}> says nothing")
        for form in self.all("form", method="post"):
            inside = [e for e in self.all("input", name="csrf_token") if form in e.around]
            if len(inside) != 1:
                found.append(f"form to {form.get('action')} has {len(inside)} tokens")
        return found


def _is_flash(element: Element) -> bool:
    return any(each.get("role") == "status" for each in element.around)


def get_page(client: FlaskClient, address: str, status: int = 200) -> Page:
    """Get a page and hold it to the rules of every page."""
    page = Page(client.get(address))
    assert page.status == status, f"{address}: {page.status}\n{page.html}"
    assert page.broken_rules() == [], address
    return page


def post(client: FlaskClient, address: str, **values: str) -> TestResponse:
    """Send a form with the token that a page of the reader's gave them."""
    return client.post(address, data={"csrf_token": token_of(client), **values})


def token_of(client: FlaskClient) -> str:
    """Return a token that this reader's forms carry."""
    for address in ("/about", "/sign-in"):
        found = Page(client.get(address)).all("input", name="csrf_token")
        if found:
            return found[0].get("value")
    raise AssertionError("no page gave a token")


def sign_in(client: FlaskClient, session: Session, user: User) -> str:
    """Sign a person in as the sign-in page would, without its slow hash; return the key."""
    key = secrets.token_urlsafe(32)
    session.rollback()
    content = {"_user_id": user.fs_uniquifier, "_fresh": True}
    session.add(
        SignInSession(
            key_hash=hash_key(key),
            user_id=user.id,
            content=TaggedJSONSerializer().dumps(content),
            browser="a browser of tests",
            expires=now() + timedelta(hours=1),
        )
    )
    session.commit()
    client.set_cookie("session", key)
    return key
