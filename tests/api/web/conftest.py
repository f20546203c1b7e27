"""One server with the sample year for all tests of pages, and one browser."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from api.installation.wiring import Installation
from api.web.app import create_app
from tests.api.web.site import Opener, Site, reading, sample_year
from tests.postgres import Server
from tests.serving import own_settings, serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def shown(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """What the tests of pages read and write, all of one worker in whatever order they come."""
    with sample_year(own_settings(server, "dudao_pages", tmp_path_factory.mktemp("pages"))) as made:
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
