"""`dudao serve` and `dudao demo`."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli_failures import Failure
from api.language import chosen

if TYPE_CHECKING:
    from api.settings import Settings
    from api.wiring import Installation

HostOption = Annotated[str | None, typer.Option(help="监听地址 / address to listen on")]
PortOption = Annotated[
    int | None, typer.Option(min=0, max=65_535, help="监听端口,0 为任选 / port, 0 for any")
]


def serve(*, host: HostOption = None, port: PortOption = None) -> None:
    """启动服务 / Serve the API."""
    run(_settings(host, port), sample=False)


def demo(*, host: HostOption = None, port: PortOption = None) -> None:
    """载入样例年度,列出疑点并启动服务 / Load the sample year, show what was flagged, and serve."""
    run(_settings(host, port), sample=True)


def _settings(host: str | None, port: int | None) -> "Settings":
    from api.settings import Settings  # noqa: PLC0415 - start-up time

    given = {"host": host, "port": port}
    return Settings().model_copy(update={k: v for k, v in given.items() if v is not None})


def run(settings: "Settings", *, sample: bool) -> None:
    """Serve; with `sample` after the sample year was loaded into an empty ledger."""
    from api import server  # noqa: PLC0415 - start-up time

    try:
        listening = server.listen(settings)
    except server.Occupied as error:
        raise Failure(
            f"无法监听 {error};请用 --port 或 DUDAO_PORT 另选端口",
            "cannot listen there; choose another port with --port or DUDAO_PORT",
        ) from None

    def ready(house: "Installation") -> None:
        if sample:
            from api import demonstration  # noqa: PLC0415 - start-up time

            demonstration.prepare(house)
        where = server.address(listening)
        # One line for both languages: scripts wait for the address in it.
        end = chosen("(Ctrl+C 结束)", "(Ctrl+C ends it)")
        sys.stderr.write(f"督导已启动 / Dudao serves at {where} {end}\n")
        sys.stderr.flush()

    with listening:
        server.serve(settings, listening, ready)
