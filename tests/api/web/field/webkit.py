"""A page in WebKit, through Debian's `webkit2gtk-driver` and the WebDriver protocol; on a screen that nobody sees."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

DRIVER = shutil.which("WebKitWebDriver")
SCREEN = shutil.which("Xvfb")
BROWSERS = sorted(Path("/usr/lib").glob("*/webkit2gtk-4*/MiniBrowser"))
MISSING = DRIVER is None or SCREEN is None or not BROWSERS


class WebKit:
    """One window."""

    def __init__(self, client: httpx2.Client, session: str) -> None:
        self._client, self._session = client, session

    def _ask(self, path: str, **body: Any) -> Any:
        answer = self._client.post(f"/session/{self._session}/{path}", json=body)
        said = answer.json()["value"]
        assert answer.status_code == 200, said
        return said

    def open(self, address: str) -> None:
        """Go to an address, until its page is loaded."""
        self._ask("url", url=address)

    def cookie(self, name: str, value: str) -> None:
        """Keep a cookie for the page that is shown."""
        self._ask("cookie", cookie={"name": name, "value": value, "path": "/"})

    def evaluate(self, script: str, *given: Any) -> Any:
        """Return what an asynchronous function gives."""
        wrapped = (
            "const done = arguments[arguments.length - 1];"
            f"({script})(...[...arguments].slice(0, -1))"
            ".then((value) => done({value}), (error) => done({error: String(error)}));"
        )
        said = self._ask("execute/async", script=wrapped, args=list(given))
        assert "error" not in said, said["error"]
        return said.get("value")

    def wait(self, script: str) -> None:
        """Wait until an expression holds; the limit for scripts ends it."""
        self.evaluate(
            f"""async () => {{
                while (!({script})) await new Promise((resolve) => setTimeout(resolve, 50));
            }}"""
        )


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@contextmanager
def _screen(home: str) -> Iterator[dict[str, str]]:
    """Yield what a program needs to show itself on a screen that nobody sees."""
    assert SCREEN is not None
    display = [SCREEN, "-displayfd", "1", "-screen", "0", "800x900x24", "-nolisten", "tcp"]
    with subprocess.Popen(display, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as screen:  # noqa: S603 - Debian's
        assert screen.stdout is not None
        number = screen.stdout.readline().decode().strip()
        try:
            yield {
                "DISPLAY": f":{number}",
                "HOME": home,
                "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
                "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
                "LIBGL_ALWAYS_SOFTWARE": "1",
            }
        finally:
            screen.terminate()


@contextmanager
def webkit() -> Iterator[WebKit]:
    """Yield a window of its own, with a profile that is gone afterwards."""
    assert DRIVER is not None
    port = _free_port()
    command = [DRIVER, f"--port={port}", "--host=127.0.0.1"]
    with (
        _screen("/nonexistent") as environment,
        subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as driver,  # noqa: S603 - Debian's
    ):
        try:
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
                yield _begun(client)
        finally:
            driver.terminate()


@contextmanager
def browsing(address: str, home: Path) -> Iterator[None]:
    """Have a page open in a browser whose profile lasts, in `home`.

    A driven window keeps its store in memory, where WebKit takes no Blob; here nobody drives, and the
    page tells its server what came of it.
    """
    with (
        _screen(str(home)) as environment,
        subprocess.Popen(  # noqa: S603 - Debian's
            [str(BROWSERS[-1]), address], env=environment, stderr=subprocess.DEVNULL
        ) as browser,
    ):
        try:
            yield
        finally:
            browser.terminate()


def _begun(client: httpx2.Client) -> WebKit:
    options = {"binary": str(BROWSERS[-1]), "args": ["--automation"]}
    wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
    for _ in range(200):
        try:
            answer = client.post("/session", json=wanted)
        except httpx2.ConnectError:
            time.sleep(0.05)
            continue
        said = answer.json()["value"]
        assert answer.status_code == 200, said
        return WebKit(client, said["sessionId"])
    raise AssertionError("WebKitWebDriver does not listen")
