"""Every message can be put into words, in three languages, and says little in its subject."""

import pytest

from needsbank.channels.rendering import Unreadable, _environment, footer, rendered
from needsbank.domain.journeys import TURNS
from needsbank.domain.languages import INTERFACE_LANGUAGES, Language
from needsbank.domain.outbox import MessageKind
from needsbank.domain.routes import Route

ROUTES = ("", *(route.value for route in Route))


def step(language, act, stage, route="", path="/follow/x", reason="Because of Maija."):
    words = {"act": act.value, "stage": stage.value, "route": route, "reason": reason}
    link = f"https://bank.example{path}"
    return rendered(MessageKind.STEP, language, {**words, "path": path, "link": link})


@pytest.mark.parametrize("path", ["/follow/x", "/needs/y"])
@pytest.mark.parametrize("turn", TURNS, ids=lambda turn: f"{turn.act.value} to {turn.end.value}")
def test_every_turn_is_told_in_three_languages_with_its_reason_and_link(turn, path):
    for route in ROUTES:
        texts = [step(each, turn.act, turn.end, route, path) for each in INTERFACE_LANGUAGES]
        assert len({text.subject for text in texts}) == 3
        assert len({text.body for text in texts}) == 3
        for text in texts:
            assert "Maija" not in text.subject
            assert "> Because of Maija." in text.body
            assert f"https://bank.example{path}" in text.body
            assert len(text.body.split("\n\n")[0]) > 10


def test_without_a_reason_none_is_spoken_of():
    turn = TURNS[0]
    assert "reason" not in step(Language.EN, turn.act, turn.end, reason="").body


def test_a_need_is_called_a_need():
    turn = TURNS[0]
    assert step(Language.FI, turn.act, turn.end, path="/needs/y").subject.startswith("Tarpeesi")
    assert step(Language.FI, turn.act, turn.end).subject.startswith("Idea")


def test_a_digest_lists_what_it_tells():
    told = [
        {"subject": "Ideastasi on otettu koppi", "link": "https://b.example/1"},
        {"subject": "Ideasi on työn alla", "link": "https://b.example/2"},
    ]
    text = rendered(MessageKind.DIGEST, Language.FI, {"told": told, "link": "https://b.example/my"})
    assert text.subject == "Eilisen jälkeen on tapahtunut 2 asiaa"
    for each in told:
        assert f"* {each['subject']}\n  {each['link']}" in text.body


def test_controls_of_terminals_are_left_out():
    turn = TURNS[0]
    text = step(Language.EN, turn.act, turn.end, reason="a\x1b[31mb\x00c\u2028d\r\ne")
    assert "\x1b" not in text.body
    assert "\x00" not in text.body
    assert "> e" in text.body


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.FI, "20.6.2026 klo 0.30"),
        (Language.SV, "20 juni 2026 kl. 0.30"),
        (Language.EN, "20 June 2026 at 00:30"),
    ],
)
def test_moments_are_told_in_finnish_time(language, said):
    template = _environment(language).from_string("{{ at | moment }}|{{ at | day }}")
    moment, _, day = template.render(at="2026-06-19T21:30:00+00:00").partition("|")
    assert moment == said
    assert said.startswith(day)


def test_a_word_that_is_missing_is_told():
    with pytest.raises(Unreadable, match="'path' is undefined"):
        rendered(MessageKind.STEP, Language.EN, {"stage": "caught"})


def test_the_footer_tells_how_to_end_mails():
    for has_account in (True, False):
        words = {
            "home": "https://b.example",
            "stop": "https://b.example/s",
            "has_account": has_account,
        }
        texts = {footer(each, words) for each in INTERFACE_LANGUAGES}
        assert len(texts) == 3
        assert all("https://b.example/s" in text for text in texts)
