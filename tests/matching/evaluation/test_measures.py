"""Figures against hand-made examples, brute force and scikit-learn, equal scores included."""

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, ndcg_score, roc_auc_score

from matching.evaluation import measures

ONCE = np.ones((1, 4))

tied_scores = st.lists(st.integers(0, 4), min_size=2, max_size=30)


def figures(scores, gains):
    found = measures.ranking(np.array(scores, float), np.array(gains, float))
    return dict(zip(measures.RANKING, found.tolist(), strict=True))


def test_a_ranking_without_ties_by_hand():
    # Ranks: 2 (gain 1), 3 (gain 2), and one right text that is last of twelve.
    gains = [0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    found = figures(range(12, 0, -1), gains)
    ideal = 2 / np.log2(2) + 1 / np.log2(3) + 1 / np.log2(4)
    assert found["ndcg@10"] == pytest.approx((1 / np.log2(3) + 2 / np.log2(4)) / ideal)
    assert found["recall@1"] == 0
    assert found["recall@5"] == found["recall@10"] == pytest.approx(2 / 3)
    assert found["mrr@10"] == pytest.approx(1 / 2)


def test_what_is_beyond_the_tenth_rank_counts_nothing():
    assert set(figures(range(11, 0, -1), [0] * 10 + [1]).values()) == {0.0}


def test_a_pool_smaller_than_the_depth_is_ranked_whole():
    assert set(figures([2.0, 1.0], [1, 0]).values()) == {1.0}


def test_where_all_scores_are_equal_the_order_of_the_file_is_no_help():
    first, last = figures([0.0] * 20, [1] + [0] * 19), figures([0.0] * 20, [0] * 19 + [1])
    assert first == last
    assert first["recall@1"] == pytest.approx(1 / 20)
    assert first["recall@10"] == pytest.approx(1 / 2)


@given(tied_scores, st.data())
def test_ndcg_is_scikit_learn_s(scores, data):
    gains = data.draw(st.lists(st.integers(0, 3), min_size=len(scores), max_size=len(scores)))
    if not any(gains):
        gains[0] = 1
    expected = ndcg_score([gains], [scores], k=10)
    assert figures(scores, gains)["ndcg@10"] == pytest.approx(expected)


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=2, max_size=6))
def test_ties_give_the_mean_over_all_orders(cases):
    scores, right = zip(*cases, strict=True)
    if not any(right):
        right = (True, *right[1:])
    orders = [
        [bool(right[row]) for row in order]
        for order in permutations(range(len(scores)))
        if all(scores[a] >= scores[b] for a, b in pairwise(order))
    ]
    found = figures(scores, right)
    reciprocal = np.mean([1 / (order.index(True) + 1) for order in orders])
    assert found["mrr@10"] == pytest.approx(reciprocal)
    for depth in (1, 5):
        recall = np.mean([sum(order[:depth]) / sum(right) for order in orders])
        assert found[f"recall@{depth}"] == pytest.approx(recall)


def test_means_follow_the_weights():
    table = np.array([[1.0] * 5, [0.0] * 5])
    means = measures.mean_ranking(table, np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 2.0]]))
    assert set(means) == set(measures.RANKING)
    assert means["recall@5"].tolist() == [0.5, 1.0, 0.0]


@given(tied_scores, st.data())
def test_classification_is_scikit_learn_s_for_every_weighting(scores, data):

    def as_many(values):
        return st.lists(values, min_size=len(scores), max_size=len(scores))

    same = np.array(data.draw(as_many(st.booleans()).filter(lambda each: len(set(each)) == 2)))
    times = data.draw(st.lists(as_many(st.integers(1, 3)), min_size=1, max_size=3))
    scores, weights = np.array(scores, float), np.array(times, float)
    found = measures.classification(scores, same, weights)
    for row, weight in enumerate(weights):
        auc = roc_auc_score(same, scores, sample_weight=weight)
        precision = average_precision_score(same, scores, sample_weight=weight)
        best = max(
            2
            * weight[same & (scores >= t)].sum()
            / (weight[same].sum() + weight[scores >= t].sum())
            for t in scores
        )
        assert found["auc"][row] == pytest.approx(auc)
        assert found["ap"][row] == pytest.approx(precision)
        assert found["f1_best"][row] == pytest.approx(best)


def test_a_resample_without_one_of_the_classes_has_no_area():
    same = np.array([True, True, False, False])
    weights = np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]])
    found = measures.classification(np.arange(4.0), same, weights)
    assert np.isnan(found["auc"]).all()
    assert np.isnan(found["ap"][1])


def test_f1_at_half_takes_one_half_as_the_same():
    same = np.array([True, True, False, False])
    found = measures.f1_at_half(np.array([0.5, 0.4, 0.6, 0.1]), same, ONCE)
    assert found["f1_at_half"].tolist() == [0.5]


def test_calibration_by_hand():
    probabilities, outcomes = np.array([0.95, 1.0, 0.31, 0.39]), np.array([1.0, 0.0, 0.0, 1.0])
    found = measures.calibration(probabilities, outcomes, ONCE)
    # Bin 0.9-1.0 promised 0.975 and half came true; bin 0.3-0.4 promised 0.35, half came true.
    assert found["ece"][0] == pytest.approx(((0.975 - 0.5) * 2 + (0.5 - 0.35) * 2) / 4)
    assert found["brier"][0] == pytest.approx(brier_score_loss(outcomes, probabilities))


def test_calibration_follows_the_weights():
    found = measures.calibration(np.array([0.9, 0.2]), np.array([1.0, 1.0]), np.array([[3.0, 1.0]]))
    assert found["ece"][0] == pytest.approx((3 * 0.1 + 0.8) / 4)
    assert found["brier"][0] == pytest.approx((3 * 0.01 + 0.64) / 4)


class TestAlarm:
    present = np.array([0.9, 0.8, 0.7, 0.2])
    right = np.array([1.0, 0.0, 1.0, 1.0])
    absent = np.array([0.85, 0.3, 0.1, 0.2])

    def found(self, weights=ONCE):
        return measures.alarm(self.present, self.right, self.absent, weights)

    def test_the_area_asks_whether_an_answer_is_there(self):
        expected = roc_auc_score([1] * 4 + [0] * 4, [*self.present, *self.absent])
        assert self.found()["auc"][0] == pytest.approx(expected)

    def test_an_alarm_at_a_wrong_text_is_no_hit(self):
        # Fewer than one false alarm in four: only what is above 0.85 may fire.
        assert self.found()["recall@1%_false"][0] == 0.25
        assert self.found()["auc_right"][0] == pytest.approx((4 + 0 + 3 + 1.5) / 16)

    def test_false_alarms_are_allowed_up_to_the_share(self):
        present, right = np.linspace(0.5, 1, 20), np.ones(20)
        absent = np.append(np.zeros(19), 0.77)
        found = measures.alarm(present, right, absent, np.ones((1, 20)))
        assert found["recall@1%_false"][0] == pytest.approx((present > 0.77).mean())
        assert found["recall@5%_false"][0] == found["recall@10%_false"][0] == 1.0

    def test_thresholds_are_found_anew_for_each_weighting(self):
        weights = np.array([[1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 2.0, 2.0]])
        # Without the first two queries the highest false alarm is 0.2.
        assert self.found(weights)["recall@1%_false"].tolist() == [0.25, 0.5]
