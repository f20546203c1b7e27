"""Draw the icons that phones want as PNG from api/web/static/icon.svg: `python docs/generate_icons.py`.

The maskable one has the picture inside the circle that every phone keeps, on a full ground.
"""  # noqa: INP001 - a script among documents, not a package

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

STATIC = Path(__file__).parents[1] / "api" / "web" / "static"
ICONS = {
    "icon-180.png": (180, 0),
    "icon-192.png": (192, 0),
    "icon-512.png": (512, 0),
    "icon-maskable.png": (512, 64),
}
"""Name → side in pixels, and the ground that is left around the picture."""


def main() -> None:
    """Draw every icon."""
    picture = (STATIC / "icon.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        for name, (side, around) in ICONS.items():
            page.set_viewport_size({"width": side, "height": side})
            ground = "#0b4f9e" if around else "transparent"
            page.set_content(
                f"<style>body{{margin:0;background:{ground}}}"
                f"svg{{display:block;margin:{around}px;width:{side - 2 * around}px}}</style>{picture}"
            )
            page.screenshot(path=STATIC / "field" / name, omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
