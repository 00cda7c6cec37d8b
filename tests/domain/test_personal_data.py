"""Personal data is found before anything is stored, and harmless texts are let through."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from needsbank.domain.languages import Language
from needsbank.domain.personal_data import PersonalKind, rewritten, screen
from tests.domain.red_team_texts import (
    CAUGHT,
    FRESH_CAUGHT,
    FRESH_LET_THROUGH,
    LET_THROUGH,
)


def kinds(text: str) -> list[PersonalKind]:
    return [find.kind for find in screen(text).finds]


@pytest.mark.parametrize("text", CAUGHT)
def test_what_must_be_caught_is(text: str):
    assert kinds(text)


@pytest.mark.parametrize("text", LET_THROUGH)
def test_what_is_harmless_is_let_through(text: str):
    assert kinds(text) == []


@pytest.mark.parametrize("language", [Language.FI, Language.SV, Language.EN, Language.OTHER])
@pytest.mark.parametrize("text", CAUGHT)
def test_the_rewrite_holds_nothing_personal(text: str, language: Language):
    assert kinds(rewritten(screen(text), language)) == []


def test_the_figures(capsys: pytest.CaptureFixture[str]):
    counted = {
        "tuned": (CAUGHT, LET_THROUGH),
        "fresh": (FRESH_CAUGHT, FRESH_LET_THROUGH),
    }
    with capsys.disabled():
        for name, (bad, good) in counted.items():
            caught = sum(bool(kinds(text)) for text in bad)
            passed = sum(not kinds(text) for text in good)
            print(  # noqa: T201 -- the figures are asked for in the test's output
                f"\npersonal data, {name} texts: caught {caught}/{len(bad)},"
                f" let through {passed}/{len(good)}"
            )
    assert (len(CAUGHT), len(LET_THROUGH)) == (40, 20)
    assert sum(bool(kinds(text)) for text in FRESH_CAUGHT) >= 6
    assert [text for text in FRESH_LET_THROUGH if kinds(text)] == []


def test_the_sender_sees_what_was_found_and_a_rewrite_in_their_language():
    screened = screen("Potilas Matti Virtanen, 010195-9011, odottaa.")
    assert screened.excerpts == [
        (PersonalKind.PERSON, "Matti Virtanen"),
        (PersonalKind.IDENTITY_CODE, "010195-9011"),
    ]
    assert rewritten(screened, Language.FI) == (
        "Potilas [nimi poistettu], [henkilötunnus poistettu], odottaa."
    )
    assert rewritten(screened, Language.SV) == (
        "Potilas [namn borttaget], [personbeteckning borttagen], odottaa."
    )


@pytest.mark.parametrize("mark", "-+ABCDEFUVWXY")
def test_every_century_mark_counts(mark: str):
    assert kinds(f"tunnus 010195{mark}9011") == [PersonalKind.IDENTITY_CODE]


@pytest.mark.parametrize("code", ["010195-9012", "320195-9011", "010195G9011", "1010195-9011"])
def test_what_only_looks_like_an_identity_code_is_none(code: str):
    assert PersonalKind.IDENTITY_CODE not in kinds(f"tunnus {code}")


@given(st.text(max_size=300))
def test_any_text_can_be_looked_at_and_spans_are_in_order(text: str):
    screened = screen(text)
    last = 0
    for find in screened.finds:
        assert last <= find.start < find.end <= len(screened.text)
        last = find.end


@pytest.mark.parametrize("piece", ["1", "a", "A-", "a.", "050 ", "FI12 ", "potilas Aa "])
def test_looking_takes_time_in_proportion_to_the_text(piece):
    """Twenty times the text may take a hundred times the time, not four hundred."""

    def seconds(length):
        text = (piece * length)[:length]
        times = []
        for _ in range(3):
            started = time.process_time()
            screen(text)
            times.append(time.process_time() - started)
        return min(times)

    seconds(200)
    assert seconds(40_000) < 100 * max(seconds(2_000), 1e-3)
