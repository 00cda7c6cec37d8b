"""Measures a matcher version on the demo bank, on which nothing is fitted."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from matching.duplicates import DuplicateDetector
from matching.errors import MatchingError
from matching.index import Index
from matching.matcher import Matcher
from matching.traits import Traits
from matching.types import Document, DuplicateBand, Representation, Row

FIRST_MATCHES = 5
ALARM = (DuplicateBand.SAME, DuplicateBand.POSSIBLY)


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of how many."""

    count: int
    of: int

    @property
    def share(self) -> float:
        """Return the rate, 0..1; 0 of 0 is 0."""
        return self.count / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoReport:
    """What was found of what should be found, and what was wrongly flagged."""

    version: str
    competences: Rate
    """True pairs whose competence is among the first five of its kind."""
    needs: Rate
    """Needs with at least one such pair."""
    duplicates: Rate
    """Near-duplicates (a colleague's words) whose target is among the first three shown."""
    duplicates_by_languages: dict[str, Rate]
    """The same by languages of probe and target, as "fi-sv"."""
    duplicates_flagged: Rate
    """Near-duplicates whose target has a probability of a half or more."""
    reworded: Rate
    """Probes of the same idea in wholly other words whose target is among the first three."""
    false_alarms: Rate
    """Look-alikes that mean something else, but whose target is flagged all the same."""


def evaluate_demo(folder: Path, matcher: Matcher, detector: DuplicateDetector) -> DemoReport:
    """Measure on the files of a demo bank; encodes some 500 texts.

    Needs and prior works are searched apart, three of each, as the service shows them. Raises
    MatchingError when a file is missing.
    """
    needs = _read(folder, "needs")
    works = _read(folder, "prior_works")
    represented = matcher.represent(_documents(needs))
    pairs = _pairs_found(folder, matcher, dict(zip(_ids(needs), represented, strict=True)))
    found_needs = {need for need, found in pairs if found}
    banks = [
        _Bank(_ids(needs), represented),
        _Bank(_ids(works), matcher.represent(_documents(works))),
    ]
    near = _probed(_read(folder, "probes_near"), banks, matcher, detector)
    names = ("probes_needs", "probes_prior", "probes_lookalikes")
    others = [line for name in names for line in _read(folder, name)]
    others_found = _probed(others, banks, matcher, detector)
    return DemoReport(
        version=matcher.version,
        competences=_rate([found for _, found in pairs]),
        needs=Rate(len(found_needs), len({need for need, _ in pairs})),
        duplicates=_rate([each.shown for each in near]),
        duplicates_by_languages={
            languages: _rate([each.shown for each in near if each.languages == languages])
            for languages in sorted({each.languages for each in near})
        },
        duplicates_flagged=_rate([each.flagged for each in near]),
        reworded=_rate([each.shown for each in others_found if each.same]),
        false_alarms=_rate([each.flagged for each in others_found if not each.same]),
    )


class _Bank:
    """An index whose rows have names."""

    def __init__(self, ids: Sequence[str], rows: Sequence[Representation]) -> None:
        self.key_of = {name: key for key, name in enumerate(ids)}
        self.index = Index.build([Row(key, row, True) for key, row in enumerate(rows)])


@dataclass(frozen=True, slots=True)
class _Probed:
    same: bool
    languages: str
    shown: bool
    flagged: bool


def _pairs_found(
    folder: Path, matcher: Matcher, needs: dict[str, Representation]
) -> list[tuple[str, bool]]:
    """Return for each true pair its need and whether its competence is found."""
    competences = _read(folder, "competences")
    bank = _Bank(_ids(competences), matcher.represent(_documents(competences)))
    kinds = {line["id"]: line["kind"] for line in competences}
    asking = Index.build([Row(key, need, True) for key, need in enumerate(needs.values())])
    traits = _traits(folder, bank)
    found = []
    for pair in _read(folder, "pairs"):
        kind = kinds[pair["competence"]]
        allowed = np.array([bank.key_of[name] for name in kinds if kinds[name] == kind])
        first = matcher.match(
            needs[pair["need"]],
            bank.index,
            k=FIRST_MATCHES,
            allowed=allowed,
            among=asking,
            traits=traits[pair["need"]],
        )
        keys = {match.key for match in first}
        found.append((pair["need"], bank.key_of[pair["competence"]] in keys))
    return found


def _traits(folder: Path, bank: _Bank) -> dict[str, Traits]:
    """Return for each need what it has in common with the competences beside texts."""
    regions = {line["id"]: line["region"] for line in _read(folder, "organisations")}

    def told(line: dict[str, Any]) -> tuple[str, str, str]:
        return regions[line["organisation"]], line["field"], line["language"]

    offered = np.array([told(line) for line in _read(folder, "competences")])
    agreement = {
        line["id"]: np.where(offered == told(line), 1, -1).astype(np.int8)
        for line in _read(folder, "needs")
    }
    names = ("region", "field", "language")
    return {
        need: Traits(bank.index.keys, dict(zip(names, columns.T, strict=True)))
        for need, columns in agreement.items()
    }


def _probed(
    probes: Sequence[dict[str, Any]],
    banks: Sequence[_Bank],
    matcher: Matcher,
    detector: DuplicateDetector,
) -> list[_Probed]:
    results = []
    texts = matcher.represent(_documents(probes))
    for probe, text in zip(probes, texts, strict=True):
        bank = next(each for each in banks if probe["target"] in each.key_of)
        bands = {each.key: each.band for each in detector.find(text, bank.index)}
        target = bank.key_of[probe["target"]]
        flagged = bands.get(target) in ALARM
        results.append(_Probed(probe["same"], probe["pair"], target in bands, flagged))
    return results


def _documents(lines: Sequence[dict[str, Any]]) -> list[Document]:
    return [_document(line) for line in lines]


def _document(line: dict[str, Any]) -> Document:
    """Return a line of any of the files as a text; each kind names its body differently."""
    fields = ("problem", "wished_change", "description", "abstract", "text")
    body = " ".join(line[field] for field in fields if line.get(field))
    return Document(id=line["id"], title=line["title"], body=body, language=line["language"])


def _ids(lines: Sequence[dict[str, Any]]) -> list[str]:
    return [line["id"] for line in lines]


def _rate(found: Sequence[bool]) -> Rate:
    return Rate(sum(found), len(found))


def _read(folder: Path, name: str) -> list[dict[str, Any]]:
    try:
        return list(_lines(folder / f"{name}.jsonl"))
    except OSError as missing:
        raise MatchingError(f"The demo bank has no {name}.jsonl: {missing}") from missing


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)
