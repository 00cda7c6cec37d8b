"""An attacker who knows most words of a need cannot tell whether the bank hides it.

They guess 70 % of the words of needs, ask the live check and the search, and decide from what the
pages say, how many hits there are and in what order. Two banks hide the one half of the needs
each, so that every text is asked where it is hidden and where it never was: an attacker who gains
nothing answers alike in both. The same attacker finds what is public, or the test would be blind.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import quote

import pytest
from sqlalchemy.orm import Session

from needsbank import jobs
from needsbank.app import create_app, engine_of
from needsbank.db.base import make_engine
from needsbank.db.migrations.running import upgrade_to_newest
from needsbank.db.models import Subject
from needsbank.domain.roles import Role
from needsbank.domain.visibility import Visibility
from needsbank.services.retrieval import Retrieval
from tests.conftest import add_first_set, browser, dispose
from tests.factories import add_adoption, add_need, add_prior_work, add_support, add_user
from tests.pages import Page, sign_in, token_of

KNOWN = 0.7
"""Share of a need's words that the attacker knows."""
MOST_ADVANTAGE = 0.02
NEEDS = 24
PUBLIC_NEEDS = 30
SYLLABLES = ("ka", "lo", "mi", "ren", "tu", "so", "vel", "pa", "hin", "dor", "ke", "sum")
ROUND = random.Random(17)


def _word() -> str:
    return "".join(ROUND.choices(SYLLABLES, k=4))


COMMON = [_word() for _ in range(60)]


def _text() -> tuple[str, str]:
    """Return a title and a problem of 28 words, the half of them in many texts."""
    words = [*ROUND.choices(COMMON, k=14), *(_word() for _ in range(14))]
    ROUND.shuffle(words)
    return " ".join(words[:6]).capitalize(), f"{' '.join(words[6:17])}. {' '.join(words[17:])}."


SECRETS = [_text() for _ in range(NEEDS)]
SHOWN = [_text() for _ in range(PUBLIC_NEEDS)]
GUESSES = [
    " ".join(ROUND.sample(words := f"{title} {problem}".split(), round(KNOWN * len(words))))
    for title, problem in SECRETS
]


@dataclass(frozen=True)
class Seen:
    """What the attacker saw of one guess: the pages' words, their links, their SQL's number."""

    words: frozenset[str]
    links: tuple[str, ...]
    queries: int


@pytest.fixture
def ask(settings, fake_matcher, fake_detector, count_queries):
    """Make a bank that holds some of the secrets, and see what it answers to every guess."""
    opened = []

    def ask(name: str, held: list[int], visibility: Visibility) -> list[Seen]:
        folder = settings.instance / name
        folder.mkdir()
        own = replace(settings, instance=folder, database_url=f"sqlite:///{folder / 'bank.db'}")
        engine = make_engine(own.database_url)
        upgrade_to_newest(engine)
        add_first_set(engine)
        retrieval = Retrieval(fake_matcher, fake_detector, folder / "index")
        app = create_app(own, retrieval)
        opened.extend([lambda: dispose(app), engine.dispose])
        with Session(engine, expire_on_commit=False) as session:
            attacker = _fill(session, held, visibility)
        for subject in Subject:
            jobs.embed_pending(engine, retrieval, subject)
        client = browser(app)
        with Session(engine, expire_on_commit=False) as session:
            sign_in(client, session, session.merge(attacker))
        return [_seen(client, app, guess, count_queries) for guess in GUESSES]

    yield ask
    for close in opened:
        close()


def _fill(session, held, visibility):
    """Add what everybody sees and the held secrets, joined and solved by what is shown."""
    author, attacker = add_user(session, Role.PARTNER), add_user(session, Role.PARTNER)
    add_user(session, Role.COORDINATOR)
    works = [add_prior_work(session, title=t, abstract=p) for t, p in SHOWN[::2]]
    for title, problem in SHOWN[1::2]:
        add_need(session, author, title=title, problem=problem)
    supporter = add_user(session, Role.MEMBER)
    for number in held:
        title, problem = SECRETS[number]
        need = add_need(session, author, title=title, problem=problem, visibility=visibility)
        add_support(session, need, supporter)
        add_adoption(session, need, works[number % len(works)])
    return attacker


def _seen(client, app, guess, count_queries):
    with count_queries(engine_of(app)) as queries:
        sent = {"csrf_token": token_of(client), "title": guess[:200], "problem": guess}
        live = Page(client.post("/needs/similar", data=sent))
        search = Page(client.get(f"/search?q={quote(guess[:400])}"))
        listed = Page(client.get(f"/needs/?ended=1&q={quote(guess[:400])}"))
    pages = (live, search, listed)
    links = [a for page in pages for a in page.all("a") if a.is_inside("main")]
    # Keys are random: what is behind a link is known by what it says.
    return Seen(
        frozenset(" ".join(page.main.lower() for page in pages).replace(".", "").split()),
        tuple(link.text for link in links),
        len(queries),
    )


Attack = Callable[[int, Seen], float]


def content(number: int, seen: Seen) -> float:
    """Count the pages' words among those of the need that the attacker did not know."""
    title, problem = SECRETS[number]
    unknown = set(f"{title} {problem}".lower().replace(".", "").split())
    return len((unknown - set(GUESSES[number].lower().split())) & seen.words)


def title_shown(number: int, seen: Seen) -> float:
    """Look for the whole title."""
    return float(any(SECRETS[number][0] in link for link in seen.links))


def how_many(_number: int, seen: Seen) -> float:
    """Count the hits."""
    return len(seen.links)


def order(number: int, seen: Seen) -> float:
    """Ask how early the first link stands that shares most words with the guess."""
    guessed = set(GUESSES[number].lower().split())
    shared = [len(guessed & set(link.lower().split())) for link in seen.links]
    return -shared.index(max(shared)) if shared else -len(COMMON)


def statements(_number: int, seen: Seen) -> float:
    """Count what the database was asked: it is what time depends on."""
    return seen.queries


ATTACKS: list[Attack] = [content, title_shown, how_many, order, statements]


def advantage(attack: Attack, hidden: dict[int, Seen], absent: dict[int, Seen]) -> float:
    """Return the best detection rate minus false-alarm rate of any threshold of a score."""
    inside = [attack(number, seen) for number, seen in hidden.items()]
    outside = [attack(number, seen) for number, seen in absent.items()]
    rates = [
        sum(score >= threshold for score in inside) / len(inside)
        - sum(score >= threshold for score in outside) / len(outside)
        for threshold in {*inside, *outside}
    ]
    return max(rates, key=abs)


@pytest.fixture
def attacked(ask):
    """Return what was seen of every need where a bank held it and where none did."""

    def attacked(visibility: Visibility) -> tuple[dict[int, Seen], dict[int, Seen]]:
        halves = [list(range(0, NEEDS, 2)), list(range(1, NEEDS, 2))]
        held: dict[int, Seen] = {}
        absent: dict[int, Seen] = {}
        for name, half in zip(("one", "other"), halves, strict=True):
            for number, seen in enumerate(ask(f"{name}-{visibility.value}", half, visibility)):
                (held if number in half else absent)[number] = seen
        return held, absent

    return attacked


@pytest.mark.parametrize("visibility", [Visibility.COORDINATORS, Visibility.ORGANISATION])
def test_a_hidden_need_cannot_be_told_from_one_that_never_was(attacked, visibility):
    held, absent = attacked(visibility)
    assert set(held) == set(absent) == set(range(NEEDS))
    for attack in ATTACKS:
        assert abs(advantage(attack, held, absent)) <= MOST_ADVANTAGE, attack.__name__


def test_the_same_attacker_finds_what_is_public(attacked):
    held, absent = attacked(Visibility.PUBLIC)
    assert advantage(title_shown, held, absent) >= 0.9
    assert advantage(content, held, absent) >= 0.5
