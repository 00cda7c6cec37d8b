"""Makes longer texts of short ones, because what is compared in use is longer than a sentence.

A text of several sentences is paired with one made of the paraphrases (or translations) of the
same sentences in another order. Look-alikes stand beside it: texts that share some of the
sentences and otherwise speak of something else, as two needs of one ward do.
"""

import random
from collections.abc import Sequence

from matching.training_sets import RetrievalSet
from matching.types import Document

SENTENCES = 3


def composed(source: RetrievalSet, *, seed: int = 0) -> RetrievalSet:
    """Return a set of texts of three sentences, each with one relevant text."""
    chance = random.Random(seed)  # noqa: S311 -- repeatable, not secret
    queries, corpus, relevant = [], [], {}
    groups = _groups(source, chance)
    for place, group in enumerate(groups):
        asked, answer = f"q-{source.name}-{place}", f"c-{source.name}-{place}"
        queries.append(_joined(asked, [query for query, _ in group]))
        answers = chance.sample([each for _, each in group], len(group))
        corpus.append(_joined(answer, answers))
        relevant[asked] = {answer}
        # The group before of the same languages speaks of something else.
        others = [each for _, each in groups[place - 1]]
        if others[0].language == answers[0].language:
            for shared in range(1, SENTENCES):
                mixed = answers[:shared] + others[shared:]
                corpus.append(_joined(f"{answer}-like-{shared}", chance.sample(mixed, len(mixed))))
    return RetrievalSet(f"{source.name}+", source.across, queries, corpus, relevant)


def _groups(source: RetrievalSet, chance: random.Random) -> list[list[tuple[Document, Document]]]:
    """Return groups of (query, relevant text); languages are the same within a group."""
    corpus = {document.id: document for document in source.corpus}
    by_languages: dict[tuple[str, str], list[tuple[Document, Document]]] = {}
    for query in source.queries:
        for answer in sorted(source.relevant.get(query.id, ())):
            both = (query.language, corpus[answer].language)
            by_languages.setdefault(both, []).append((query, corpus[answer]))
    groups = []
    for _, pairs in sorted(by_languages.items()):
        chance.shuffle(pairs)
        starts = range(0, len(pairs) - SENTENCES + 1, SENTENCES)
        groups += [pairs[start : start + SENTENCES] for start in starts]
    return groups


def _joined(name: str, parts: Sequence[Document]) -> Document:
    title, *body = (part.title.rstrip(".") + "." for part in parts)
    return Document(id=name, title=title, body=" ".join(body), language=parts[0].language)
