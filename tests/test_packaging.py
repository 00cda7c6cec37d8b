"""What we ship and what we install: the wheel's files, and the pins behind them."""

import configparser
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from needsbank import __version__
from needsbank.assets import FILES, VENDOR

ROOT = Path(__file__).parents[1]
PACKAGES = ("needsbank", "matching")
# The .mo files are made from the translators' files.
NOT_SHIPPED = {".cfg", ".po", ".pot", ".pyc"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """The wheel, built from a copy so that the checkout stays clean."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, copy / name, ignore=ignored)
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, copy)
    for name in ("data", "notebooks", "tests", "node_modules"):  # what must stay out
        (copy / name).mkdir()
        (copy / name / "stray.py").touch()
    for target in FILES:  # the real ones are put there by `make`, from node_modules
        (copy / VENDOR / target).parent.mkdir(parents=True, exist_ok=True)
        (copy / VENDOR / target).touch()
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist"]
    built = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    with zipfile.ZipFile(next((copy / "dist").glob("*.whl"))) as archive:
        yield archive


def test_the_wheel_has_both_packages_and_nothing_else(wheel):
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert tops == {*PACKAGES, f"needsbank-{__version__}.dist-info"}


def test_the_wheel_has_every_module_and_every_file_beside_them(wheel):
    expected = {
        path.relative_to(ROOT).as_posix()
        for name in PACKAGES
        for path in (ROOT / name).rglob("*")
        if path.is_file() and path.suffix not in NOT_SHIPPED and not path.name.startswith(".")
    }
    assert expected - set(wheel.namelist()) == set()


def test_the_wheel_has_the_vendored_files_and_their_licences(wheel):
    assert {(VENDOR / target).as_posix() for target in FILES} <= set(wheel.namelist())


def test_the_wheel_names_the_command(wheel):
    entry_points = wheel.read(f"needsbank-{__version__}.dist-info/entry_points.txt").decode()
    assert entry_points.split() == ["[console_scripts]", "needsbank", "=", "needsbank.cli:main"]


def ranges(option: str, section: str) -> list[Requirement]:
    """The requirements of one option of setup.cfg."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    return [Requirement(line) for line in config[section][option].split("\n") if line]


def pins(name: str) -> dict[str, str]:
    """Package and version of each line of requirements/`name`.txt."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==([\w.+!-]+)", text, flags=re.MULTILINE))


def wished(name: str) -> set[str]:
    """The packages that requirements/`name`.in asks for by name."""
    lines = (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines()
    return {Requirement(line.split("#")[0]).name for line in lines if line and line[0].isalpha()}


@pytest.mark.parametrize(
    ("name", "option", "section"),
    [
        ("base", "install_requires", "options"),
        ("test", "test", "options.extras_require"),
        ("st", "st", "options.extras_require"),
        ("st", "train", "options.extras_require"),
    ],
)
def test_the_pins_lie_in_the_ranges(name, option, section):
    pinned = pins("base") | pins(name)
    outside = [
        str(wanted)
        for wanted in ranges(option, section)
        if not wanted.specifier.contains(pinned[canonicalize_name(wanted.name)])
    ]
    assert outside == []


@pytest.mark.parametrize(
    ("name", "option", "section", "tools"),
    [
        # setuptools installs the checkout; the service never imports it.
        ("base", "install_requires", "options", {"setuptools"}),
        ("test", "test", "options.extras_require", set()),
        # Which build of torch is right depends on the machine.
        ("st", "train", "options.extras_require", {"torch"}),
    ],
)
def test_a_package_is_asked_for_in_both_places(name, option, section, tools):
    assert wished(name) - tools == {wanted.name for wanted in ranges(option, section)}


@pytest.mark.parametrize(("name", "bound_by"), [("test", "base"), ("st", "base"), ("st", "test")])
def test_the_tests_run_on_the_pins_of_the_service(name, bound_by):
    ours, bound = pins(bound_by), pins(name)
    assert {name: bound[name] for name in ours.keys() & bound.keys()} == {
        name: ours[name] for name in ours.keys() & bound.keys()
    }


def test_torch_comes_without_cuda():
    lines = (ROOT / "requirements" / "torch.txt").read_text(encoding="utf-8").splitlines()
    builds = [Requirement(line.rstrip(" \\")) for line in lines if line.startswith("torch")]
    wanted = next(
        line
        for line in (ROOT / "requirements" / "st.in").read_text(encoding="utf-8").splitlines()
        if line.startswith("torch==")
    )
    on_linux = [
        str(build.specifier)
        for build in builds
        if build.marker is not None and build.marker.evaluate({"sys_platform": "linux"})
    ]
    assert on_linux == [wanted.removeprefix("torch") + "+cpu"]
    graphics = re.compile(r"torch|triton|nvidia-.*|cuda-.*")
    assert [name for name in pins("st") if graphics.fullmatch(name)] == []


def test_the_service_installs_no_torch():
    assert {"torch", "transformers", "sentence-transformers"} & pins("base").keys() == set()


@pytest.mark.parametrize("name", ["base", "test", "node", "st", "torch"])
def test_every_pin_has_a_hash_and_no_address(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    entries = re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text
    assert "--index" not in text


def test_browser_packages_are_exact_hashed_and_carry_no_address():
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    asked = wanted["dependencies"] | wanted["devDependencies"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in asked} == asked
    installed = [package for path, package in locked.items() if path]
    assert all(package["integrity"].startswith("sha512-") for package in installed)
    assert not any("resolved" in package for package in installed)
