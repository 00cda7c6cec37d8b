"""Whether a text says enough of its own to be matched.

"See the attached file" is near to everything and about nothing: what it brings up is chance, and
people would have to review it. Such a text is better answered with a question.
"""

from matching.languages import detect_language
from matching.lemmas import default_analyser
from matching.text import canonical, compared, words
from matching.types import Document

LEAST_WORDS = 3
"""Words with a meaning of their own from which a text can be matched."""

_SHORTEST = 3

# Base forms that name nothing: they join, point, or say that something is wanted.
_EMPTY = {
    "fi": """
        ainakin aina apu apua asia auttaa edes ehdotus ehkä ei eli enemmän ennen eri esimerkki
        esittää ettei että haluta hei hyvin hyvä ihan itse jatkaa jo joka jokin joku jos joskus
        jotta juttu kaikki kanssa katso katsoa kehittäminen kehittää kehittämistarve kehitysidea
        kerto kertoa kiitos kiva koko koska koskea kuin kuinka kuka kun kyllä lisätä lisää liite
        liitetiedosto liittyä löytyä me mielestä mikä miksi minä missä miten moni mukaan muokata
        muu mutta myös niin noin nyt ohessa oheinen olla oma ongelma osa paljon
        parannus parantaa parempi pitää puute pyytää saada sama se sekä selvittää seuraava siis
        siten sitten tai tarkemmin tarkka tarve tarvita tarvitsen tehdä testi tiedosto tieto toimia
        toiminta tuo tulla tähän tämä täällä vaan vai vaikka vain varten vasta vielä viesti voida
        vähän yksi yli yrittää
        """,
    "sv": """
        all alla allt alltså att bara behov behöva behövs bifoga bifogad bilaga bilagd blir bra
        den denna det detta där eller ett fil finnas fler fråga från får för förbättra
        förbättring förslag göra gör han har hej hjälp hjälpa hos hur här idé igen information
        inte jag kan kunna man med men mer mycket måste någon något några när och ofta också olika
        om oss på problem sak samma se sedan ska skola skriva som så söka tack test text till under
        ut utveckla utveckling vad vara var vem vi vid vilja vill är även över
        """,
    "en": """
        about all also and any are ask attach attached attachment be been better but can could
        detail develop development do document does else example file find following for from get
        give good have hello help here how idea improve improvement information into issue it
        its just know like look make many may message more much must need not note now one only our
        out please problem question same say see seek should some something tell test text than
        thank that the their them then there these they thing think this those though try use very
        want was way well were what when where which who why will with would you your
        """,
}
_EVERY = frozenset(word for listed in _EMPTY.values() for word in listed.split())


def says_enough(document: Document) -> bool:
    """Return whether a text has words enough that name something."""
    return len(content_words(document)) >= LEAST_WORDS


def content_words(document: Document) -> set[str]:
    """Return the base forms of the words that name something, each once."""
    text = compared(canonical(f"{document.title}\n{document.body}"))
    language = document.language or detect_language(text)
    analyser = default_analyser()
    return {
        base
        for word in words(text)
        if word.isalpha()
        for base in analyser.word(word, language)[:1]
        if names_something(word, base)
    }


def names_something(word: str, base: str) -> bool:
    """Return whether a word with a base form names something, and does not only join or point."""
    return word not in _EVERY and base not in _EVERY and len(base) >= _SHORTEST
