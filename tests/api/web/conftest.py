"""One server with the sample year for all tests of pages, and one browser."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from api.access import demo_accounts
from api.cli.demonstration import SAMPLE, SUFFIXES
from api.installation.wiring import Installation
from api.intake.imports.files import Rejects
from api.web.app import create_app
from ledger.log.clock import now
from tests.api.web.site import Opener, Site, reading
from tests.postgres import Server
from tests.serving import own_settings, serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def shown(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A demonstration: an installation that holds the sample year and one account a role."""
    settings = own_settings(server, "dudao_pages", tmp_path_factory.mktemp("pages"))
    with Installation(settings, connections=16) as made:
        made.follow()
        demo_accounts.prepare(made.gate, now())
        for path in sorted(Path(SAMPLE).iterdir()):
            if path.suffix in SUFFIXES:
                rejects = Rejects(settings.folder / f"{path.name}.reject.ndjson")
                made.bench.importer(None, lambda _done, _all: None).take(path, rejects)
        made.wait_for(made.log.head().position)
        yield made


@pytest.fixture(scope="session")
def site(shown: Installation) -> Iterator[Site]:
    """The server that shows it."""
    with serving(create_app(shown)) as base:
        yield Site(base, shown.key)


TURNED_OFF = (
    # Two pages behind the address bar of every window, which nobody sees here: half of what a new window costs.
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
    # What Playwright turns off: of two such switches Chromium takes the last.
    *("AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync"),
    *("DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades"),
    *("LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints"),
    *("PaintHolding", "PreconnectToSearch", "ThirdPartyStoragePartitioning"),
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, without what it would ask of other hosts."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is missing: apt-get install chromium")
        pytest.skip("needs chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                f"--disable-features={','.join(TURNED_OFF)}",
            ],
        )
        yield started
        started.close()


@pytest.fixture
def reader(browser: Browser, site: Site) -> Iterator[Opener]:
    """Makes readers."""
    with reading(browser, site) as opener:
        yield opener
