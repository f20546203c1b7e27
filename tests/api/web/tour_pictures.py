"""Takes the pictures of docs/tour.md: the demonstration as it is served, in a browser, address by address.

`./run long tour`. What each stop says is held by `test_tour.py` in every run; here the pages are looked at
in a window, with the four years that only the demonstration's own clock gives them.
"""

import base64
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.api.web.site import DESK, PHONE, follow, text_of
from tests.api.web.test_tour import TOUR, Stop, stops
from tests.programs import running

PROGRAM = "import sys; sys.argv[0] = 'dudao'; from api.cli.main import main; sys.exit(main())"
SERVES = re.compile(r"http://\S+")
QUALITY = 60
HEAVIEST = 120_000
"""Bytes of one picture: they are part of every clone."""


def _chinese_type() -> bool:
    if shutil.which("fc-list") is None:
        return False
    said = subprocess.run(["fc-list", ":lang=zh", "file"], capture_output=True, check=False)  # noqa: S607
    return bool(said.stdout.strip())


def _sign_in(page: Page, base: str, who: str) -> None:
    page.goto(f"{base}/sign-in")
    follow(page.locator(f'button[value="{who}"]').first)


def _taken(browser: Browser, base: str, stop: Stop) -> bytes:
    on_phone = stop.address == "/field"
    size = PHONE if on_phone else DESK
    with browser.new_context(viewport=size, locale="zh-CN") as context:  # type: ignore[arg-type]
        page = context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if stop.who != "anybody":
            _sign_in(page, base, stop.who)
        page.goto(base + stop.address, wait_until="networkidle")
        said = text_of(page.content())
        assert [word for word in stop.words if word not in said] == [], stop
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(wide), stop
        assert complaints == [], stop
        devtools = context.new_cdp_session(page)
        shot = devtools.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
        return base64.b64decode(shot["data"])


def test_every_picture_of_the_tour_is_taken_where_it_says(browser: Browser, tmp_path: Path) -> None:
    if not _chinese_type():
        pytest.exit("no type for Chinese: apt-get install fonts-noto-cjk", 77)
    own = {name: value for name, value in os.environ.items() if not name.startswith("DUDAO_")}
    root = TOUR.parents[1]
    environment = {**own, "DUDAO_DATA": str(tmp_path / "data"), "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", PROGRAM, "demo", "--port", "0"]
    with running(command, root, environment) as demo:
        base = SERVES.findall(demo.line_with("Dudao serves at"))[0]
        for stop in stops():
            if stop.picture is None:
                continue
            octets = _taken(browser, base, stop)
            assert len(octets) < HEAVIEST, (stop, len(octets))
            there = TOUR.parent / stop.picture
            there.parent.mkdir(exist_ok=True)
            there.write_bytes(octets)
