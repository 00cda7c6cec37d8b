"""Region, field and language: they order what suits, and never decide that something does."""

import numpy as np
import pytest

from matching import Band, Index, Traits
from matching.pair_scorer import PairScorer
from matching.scoring import WEIGHTS
from matching.trained_version import TrainedVersion
from matching.traits import COSTS
from tests.matching.makers import representation, rows

TEXT = "Kotihoidon avainten hallinta ja sähköiset lukot"
NEED = "Avaimet katoavat kotihoidossa eikä kukaan tiedä, kenellä avain on"
OTHERS = ["Talvella kadut ovat liukkaita", "Robotiikan tarttujia"]


@pytest.fixture(scope="module")
def index():
    """Two competences that say the same, keys 10 and 11, and others."""
    return Index.build(rows([TEXT, TEXT, *OTHERS], first_key=10))


def traits(region=(0, 0), language=(0, 0)):
    """Tell of the first two competences, in another order than the index has them."""
    columns = {"region": region, "language": language}
    told = {name: np.array(column[::-1], np.int8) for name, column in columns.items()}
    return Traits(np.array([11, 10]), told)


def matched(matcher, index, told=None, **values):
    return matcher.match(representation(NEED), index, k=4, traits=told, **values)


def test_what_differs_comes_after_what_agrees(matcher, index):
    assert [each.key for each in matched(matcher, index)] == [10, 11]
    assert [each.key for each in matched(matcher, index, traits(region=(-1, 1)))] == [11, 10]
    assert [each.key for each in matched(matcher, index, traits(region=(1, -1)))] == [10, 11]


def test_agreeing_and_not_knowing_leave_a_score_as_it_was(matcher, index):
    alone = matched(matcher, index)
    told = matched(matcher, index, traits(region=(1, 0), language=(1, 0)))
    assert [each.score for each in told] == [each.score for each in alone]
    assert told[0].parts[:3] == alone[0].parts
    assert [(p.name, p.value, p.contribution) for p in told[0].parts[3:]] == [
        ("region", 1.0, 0.0),
        ("language", 1.0, 0.0),
    ]
    assert told[1].parts == alone[1].parts


def test_what_differs_is_a_part_of_the_score(matcher, index):
    before = matched(matcher, index)[0]
    (after,) = [e for e in matched(matcher, index, traits((-1, 1), (-1, 1))) if e.key == 10]
    assert after.score == sum(part.contribution for part in after.parts)
    lost = {part.name: part for part in after.parts[3:]}
    assert after.score < before.score
    assert sum(p.contribution for p in lost.values()) == pytest.approx(after.score - before.score)
    shares = [part.contribution / COSTS[name] for name, part in lost.items()]
    assert shares[0] == pytest.approx(shares[1])
    assert all(part.value == 0 and part.contribution < 0 for part in lost.values())


def test_texts_alone_decide_what_is_good_enough(matcher, index):
    """A bank that learned to want its own region is shown another one all the same, last."""
    strict = PairScorer(WEIGHTS, matcher.parameters.scale, dict.fromkeys(COSTS, 5.0))
    trained = TrainedVersion(pairs=strict)
    wanting = type(matcher)(
        matcher._encoder, matcher.parameters, matcher._background, "m-strict", trained=trained
    )
    apart = matched(wanting, index, traits(region=(-1, -1)))
    assert [each.key for each in apart] == [10, 11]
    one_apart = matched(wanting, index, traits(region=(-1, 1)))
    assert [each.key for each in one_apart] == [11, 10]
    assert [each.band for each in one_apart] == [matched(matcher, index)[1].band, Band.POSSIBLE]
    together = matched(wanting, index, traits(region=(1, 1)), allowed=np.array([12, 13]))
    assert together == []


def test_both_directions_weigh_traits(matcher, index):
    needs = Index.build(rows([NEED], first_key=10))
    (alone,) = matcher.match(representation(TEXT), needs, k=1, reverse=True)
    told = Traits(np.array([10]), {"region": np.array([-1], np.int8)})
    (apart,) = matcher.match(representation(TEXT), needs, k=1, reverse=True, traits=told)
    assert apart.score < alone.score


def test_rows_that_are_unknown_to_the_index_are_passed_over(index):
    told = Traits(np.array([99, 11, 3]), {"field": np.array([-1, 1, -1], np.int8)})
    placed = told.placed(index)
    assert placed["field"].tolist() == [0, 1, 0, 0]
    assert not placed["region"].any()
