"""An admin adds a source and brings it a file; what stands in it is shown and never runs."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Browse
from tests.browser.places import ADMIN, COORDINATOR
from tests.browser.reader import PHONE, Reader
from tests.browser.test_injection import ATTACK, assert_nothing_was_injected

pytestmark = pytest.mark.browser


def bring(reader: Reader, name: str, content: str) -> None:
    reader.page.set_input_files(
        "#file", {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
    )
    reader.press("See what would change")


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_a_source_is_added_from_an_example_and_a_file_is_brought(browse: Browse, language: str):
    reader = browse(language, ADMIN)
    reader.page.goto("/")
    reader.menu("Sources")
    reader.follow("Add a source")
    reader.follow("A catalogue of projects, as a table")
    expect(reader.control("Mapping")).to_contain_text("Hankkeen nimi")
    name = f"Omat hankkeet {language}"
    reader.control("Name of the source").fill(name)
    reader.press("Save")
    expect(reader.heading()).to_have_text(name)
    reader.follow("Bring a file")
    bring(reader, "x.csv", "Hankkeen nimi\nx\n")
    expect(reader.main().get_by_role("alert")).to_contain_text("Asiasanat, Hankekoodi")
    expect(reader.control("Mapping")).to_contain_text("Hankkeen nimi")
    header = "Hankekoodi;Hankkeen nimi;Tiivistelmä;Tyyppi;Päättyi;Kieli;Verkkosivu;Asiasanat\n"
    bring(reader, "hankkeet.csv", header + "1;Avainten polku;;Hanke;2024;suomi;;\n2;;;;;;;\n")
    expect(reader.main()).to_contain_text("Avainten polku")
    reader.press("Take these in")
    said = reader.word("The file has been taken in. Its works become searchable in the background.")
    expect(reader.page.get_by_role("status").first).to_have_text(said)
    expect(reader.main()).to_contain_text(
        reader.word(
            "New %(added)s, changed %(changed)s, removed %(removed)s, not taken %(rejected)s.",
            added=1,
            changed=0,
            removed=0,
            rejected=1,
        )
    )
    reader.check()


def test_only_the_fields_of_the_chosen_kind_are_asked_for(browse: Browse):
    reader = browse("fi", ADMIN)
    reader.page.goto("/sources/new")
    expect(reader.control("Mapping")).to_be_hidden()
    reader.control("Repository (OAI-PMH)").check()
    expect(reader.control("Metadata prefix")).to_be_visible()
    reader.control("Catalogue").check()
    expect(reader.control("Metadata prefix")).to_be_hidden()
    expect(reader.control("Mapping")).to_be_visible()


def test_the_bar_of_a_harvest_under_way_is_asked_for_again(browse: Browse):
    reader = browse("en", COORDINATOR)
    reader.page.goto("/sources/")
    bar = reader.main().get_by_role("progressbar", name=reader.word("How far it is"))
    expect(bar).to_have_attribute("value", "3")
    with reader.page.expect_response("**/progress"):
        pass
    expect(bar).to_have_attribute("value", "3")


def test_html_in_a_brought_file_stays_text(browse: Browse):
    reader = browse("en", ADMIN)
    reader.page.goto("/sources/new?preset=projects")
    reader.control("Name of the source").fill(ATTACK.format("source")[:150])
    reader.control("Mapping").fill("")
    reader.press("Save")
    source = reader.page.url
    reader.follow("Bring a file")
    address = "https://works.example/\"onmouseover='alert(1)'"
    records = [
        {
            "id": "attack",
            "title": ATTACK.format("title"),
            "abstract": ATTACK.format("abstract"),
            "subjects": [ATTACK.format("subject")],
            "url": address,
        },
        {
            "id": ATTACK.format("key"),
            "title": ATTACK.format("no link"),
            "url": "javascript:alert(1)",
        },
    ]
    bring(reader, "<img src=x onerror=alert(1)>.csv", json.dumps(records))
    reader.page.wait_for_url("**/files/*")
    reader.page.set_viewport_size(PHONE)
    assert_nothing_was_injected(reader)
    reader.press("Take these in")
    reader.page.wait_for_url("**/sources/*-*")
    for place in (source, f"{source}/edit", "/sources/", "/prior-works/"):
        reader.page.goto(place)
        assert_nothing_was_injected(reader)
    reader.page.goto("/prior-works/")
    reader.main().get_by_role("link", name="title").first.click()
    assert_nothing_was_injected(reader)
    link = reader.main().get_by_role("link", name=reader.word("Open at the source"))
    expect(link).to_have_attribute("href", address)
