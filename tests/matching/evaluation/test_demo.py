import pytest

from matching import DuplicateDetector, MatchingError, evaluate_demo


@pytest.fixture(scope="module")
def report(demo_folder, real_matcher, matcher_folder):
    detector = DuplicateDetector.load(matcher_folder, real_matcher)
    return evaluate_demo(demo_folder, real_matcher, detector)


@pytest.mark.slow
def test_needs_get_a_true_competence_among_the_first_five(report):
    assert report.needs.share >= 0.85, report


@pytest.mark.slow
def test_near_duplicates_are_among_the_three_shown(report):
    assert report.duplicates.of >= 40
    assert report.duplicates.share >= 0.90, report


@pytest.mark.slow
def test_near_duplicates_are_found_within_finnish_and_across_languages(report):
    by = report.duplicates_by_languages
    across = [rate for pair, rate in by.items() if len(set(pair.split("-"))) > 1]
    assert by["fi-fi"].share >= 0.95, report
    assert sum(rate.count for rate in across) / sum(rate.of for rate in across) >= 0.90, report


@pytest.mark.slow
def test_lookalikes_are_not_flagged(report):
    assert report.false_alarms.of >= 60
    assert report.false_alarms.share <= 0.05, report


def test_a_missing_bank_is_told(tmp_path, matcher, detector):
    with pytest.raises(MatchingError, match="no needs"):
        evaluate_demo(tmp_path, matcher, detector)
