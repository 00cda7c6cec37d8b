"""A trained version is a folder: weights, a calibration or both, whole or not there."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from matching import (
    DuplicateDetector,
    FakeEncoder,
    Index,
    Matcher,
    MatcherFileError,
    TrainedVersion,
)
from matching.calibration import SHIPPED, Calibration
from matching.pair_scorer import PairScorer
from matching.scoring import WEIGHTS
from tests.matching.makers import representation, rows

MOVED = Calibration(0.8, 1.5)
BANK = ["Kotihoidon avaimet katoavat", "Kotihoidon sijainen ei löydä avaimia"]
ASKED = representation("Sijainen etsii kotihoidon avaimia")


@pytest.fixture
def scorer(matcher):
    return PairScorer(WEIGHTS | {"words": 3.0}, matcher.parameters.scale)


@pytest.fixture(params=["weights", "calibration", "both"])
def version(request, scorer):
    """A version with some of the parts."""
    return TrainedVersion(
        pairs=None if request.param == "calibration" else scorer,
        calibration=None if request.param == "weights" else MOVED,
    )


@pytest.fixture
def opened(matcher, matcher_folder, tmp_path):
    """Open a matcher and a detector as a bank does that has trained a version."""

    def opened(version):
        folder = tmp_path / version.save(tmp_path, matcher.version)
        trained = Matcher.load(matcher_folder, FakeEncoder(), folder)
        return trained, DuplicateDetector.load(matcher_folder, trained)

    return opened


def test_a_saved_version_is_read_as_it_was(version, tmp_path):
    assert TrainedVersion.load(tmp_path / version.save(tmp_path, "m1"), "m1") == version


def test_what_is_not_learned_is_as_shipped(version, opened, matcher, detector):
    trained, calibrated = opened(version)
    assert (trained.pairs == matcher.pairs) is (version.pairs is None)
    assert trained.calibration == (version.calibration or SHIPPED)
    index = Index.build(rows(BANK))
    alike = calibrated.find(ASKED, index, floor=-1) == detector.find(ASKED, index, floor=-1)
    assert alike is (version.calibration is None)
    assert trained.search(ASKED, index, k=2) == matcher.search(ASKED, index, k=2)


def test_versions_are_told_apart_by_their_names(scorer, tmp_path):
    versions = [
        TrainedVersion(pairs=scorer),
        TrainedVersion(calibration=MOVED),
        TrainedVersion(calibration=Calibration(0.8, 1.6)),
        TrainedVersion(pairs=scorer, calibration=MOVED),
    ]
    names = {version.save(tmp_path, "m1") for version in versions}
    names |= {version.save(tmp_path, "m2") for version in versions}
    assert len(names) == 8


def test_saving_the_same_twice_gives_one_folder(version, tmp_path):
    assert version.save(tmp_path, "m1") == version.save(tmp_path, "m1")
    assert len(list(tmp_path.iterdir())) == 1


def test_a_version_of_another_base_version_is_refused(version, tmp_path):
    name = version.save(tmp_path, "m1-of-before")
    with pytest.raises(MatcherFileError, match="trained for version m1-of-before"):
        TrainedVersion.load(tmp_path / name, "m1-of-now")


def test_a_damaged_version_is_refused(version, tmp_path):
    folder = tmp_path / version.save(tmp_path, "m1")
    array = max(folder.glob("*.npy"))
    array.write_bytes(array.read_bytes()[:-1])
    with pytest.raises(MatcherFileError):
        TrainedVersion.load(folder, "m1")


@pytest.mark.parametrize("changed", [{"format": "pair-scorer-1"}, {"features": ["plain"]}])
def test_a_version_of_an_older_form_is_refused(scorer, tmp_path, changed):
    folder = tmp_path / TrainedVersion(pairs=scorer).save(tmp_path, "m1")
    manifest = folder / "manifest.json"
    told = json.loads(manifest.read_text())
    told["header"] |= changed
    manifest.write_text(json.dumps(told))
    with pytest.raises(MatcherFileError, match="train it again"):
        TrainedVersion.load(folder, "m1")


SAVE_FOR_EVER = """
import sys
from dataclasses import replace
from itertools import count
from pathlib import Path
from matching.pair_scorer import PairScorer
from matching.scoring import WEIGHTS
from matching.parameters import Scale
from matching.trained_version import TrainedVersion

for number in count():
    scale = Scale(slope=1, middle=number, strong=.9, good=.5, possible=.1, search=.1)
    TrainedVersion(pairs=PairScorer(dict(WEIGHTS), scale)).save(Path(sys.argv[1]), "m1")
"""


@pytest.mark.parametrize("grace", [0.0, 0.01, 0.05])
def test_a_killed_process_leaves_no_half_version(tmp_path, grace):
    saving = subprocess.Popen([sys.executable, "-c", SAVE_FOR_EVER, str(tmp_path)])
    try:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob("m1-*")) and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(grace)
    finally:
        os.kill(saving.pid, signal.SIGKILL)
        saving.wait()
    saved = list(tmp_path.glob("m1-*"))
    assert saved
    for folder in saved:
        TrainedVersion.load(folder, "m1")
