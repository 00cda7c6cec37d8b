from pathlib import Path

import pytest

from matching import DuplicateDetector, Encoder, FakeEncoder, Matcher, load_encoder

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def matcher_folder() -> Path:
    return ROOT / "data" / "matcher"


@pytest.fixture(scope="session")
def demo_folder() -> Path:
    return ROOT / "data" / "demo"


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """Real data beside the repository, where there is any."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("no shared data beside the repository")
    return folder


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("encoder") / "cache"


@pytest.fixture(scope="session")
def builtin(cache_dir: Path) -> Encoder:
    return load_encoder("builtin", cache_dir=cache_dir, threads=2)


@pytest.fixture(scope="session")
def real_matcher(matcher_folder: Path, builtin: Encoder) -> Matcher:
    return Matcher.load(matcher_folder, builtin)


@pytest.fixture(scope="session")
def matcher(matcher_folder: Path) -> Matcher:
    """A matcher whose encoder counts words."""
    return Matcher.load(matcher_folder, FakeEncoder())


@pytest.fixture(scope="session")
def detector(matcher_folder: Path, matcher: Matcher) -> DuplicateDetector:
    return DuplicateDetector.load(matcher_folder, matcher)
