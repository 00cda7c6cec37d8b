"""A real browser on a real demo bank, filled once for all tests of this folder."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, StorageState
from sqlalchemy import Engine

from needsbank.db.base import make_engine
from tests.browser.reader import Reader, Watch
from tests.browser.serving import PASSWORD, demo_bank

Browse = Callable[..., Reader]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Playwright's own arguments, with the browser that `make test` found."""
    chosen = os.environ.get("TARVEPANKKI_BROWSER") or shutil.which("chromium") or "playwright"
    own = {} if chosen == "playwright" else {"executable_path": chosen}
    # Containers have little /dev/shm and no GPU.
    return {**browser_type_launch_args, **own, "args": ["--disable-dev-shm-usage", "--disable-gpu"]}


@pytest.fixture(scope="session")
def bank_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tests' own bank lies."""
    return tmp_path_factory.mktemp("bank")


@pytest.fixture
def bank_engine(pytestconfig: pytest.Config, base_url: str, bank_folder: Path) -> Iterator[Engine]:
    """The database behind the address, as the bank's worker has it."""
    if pytestconfig.getoption("--base-url"):
        pytest.skip(f"the database behind {base_url} is not ours")
    made = make_engine(f"sqlite:///{bank_folder / 'instance' / 'bank.db'}")
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def base_url(pytestconfig: pytest.Config, bank_folder: Path) -> Iterator[str]:
    """The address of the bank: a running demo's (`--base-url`), else one made for the tests."""
    given = pytestconfig.getoption("--base-url")
    if given:
        yield given
        return
    # The unpacked encoder is kept from run to run.
    encoder_cache = pytestconfig.cache.mkdir("encoder")
    with demo_bank(bank_folder, encoder_cache) as address:
        yield address


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A reader in Finland; without motion, so that colours are measured at rest."""
    return {
        **browser_context_args,
        "locale": "fi-FI",
        "timezone_id": "Europe/Helsinki",
        "reduced_motion": "reduce",
        "viewport": {"width": 1280, "height": 900},
    }


@pytest.fixture(scope="session")
def signed_in(browser: Browser, base_url: str) -> Callable[[str], StorageState]:
    """Give the cookies of an account that has signed in; once for each."""
    kept: dict[str, StorageState] = {}

    def cookies_of(email: str) -> StorageState:
        if email not in kept:
            context = browser.new_context(base_url=base_url)
            page = context.new_page()
            page.goto("/sign-in")
            page.fill("#email", email)
            page.fill("#password", PASSWORD)
            page.press("#password", "Enter")
            page.wait_for_url("**/my")
            kept[email] = context.storage_state()
            context.close()
        return kept[email]

    return cookies_of


@pytest.fixture
def browse(
    new_context: Callable[..., Any],
    base_url: str,
    signed_in: Callable[[str], StorageState],
) -> Iterator[Browse]:
    """Open a window for a reader of a language; at the end, no window may have complained."""
    watches: list[Watch] = []

    def opened(
        language: str, email: str | None = None, *, remembered: bool = True, **options: Any
    ) -> Reader:
        if email is not None:
            options["storage_state"] = signed_in(email)
        context = new_context(**options)
        context.set_default_timeout(10_000)
        watch = Watch(context)
        watches.append(watch)
        if remembered:
            remember(context, language, base_url)
        return Reader(context.new_page(), watch, language)

    yield opened
    assert [complaint for watch in watches for complaint in watch.complaints] == []


def remember(context: BrowserContext, language: str, base_url: str) -> None:
    """Have the browser remember a language, as the header's links do."""
    context.add_cookies([{"name": "language", "value": language, "url": base_url}])
