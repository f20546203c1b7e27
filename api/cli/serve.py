"""`dudao serve` and `dudao demo`."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.failures import Failure
from api.cli.language import chosen

if TYPE_CHECKING:
    from api.installation.settings import Settings
    from api.installation.wiring import Installation

HostOption = Annotated[str | None, typer.Option(help="监听地址 / address to listen on")]
PortOption = Annotated[
    int | None, typer.Option(min=0, max=65_535, help="监听端口，0 为任选 / port, 0 for any")
]


WorkersOption = Annotated[
    int, typer.Option(min=1, max=64, help="应答请求的进程数 / processes that answer requests")
]


def serve(*, host: HostOption = None, port: PortOption = None, workers: WorkersOption = 1) -> None:
    """启动服务 / Serve the API."""
    run(_settings(host, port), sample=False, workers=workers)


def demo(*, host: HostOption = None, port: PortOption = None) -> None:
    """载入样例年度，列出疑点并启动服务 / Load the sample year, show what was flagged, and serve."""
    settings = _settings(host, port)
    # A demonstration is a trial: it sees to tables and roles by itself, on a server too. Who tries it
    # out reads what it found, and not each request.
    quiet = settings.log_level or "warning"
    run(settings.model_copy(update={"trial": True, "log_level": quiet}), sample=True)


def _settings(host: str | None, port: int | None) -> "Settings":
    from api.installation.settings import Settings  # noqa: PLC0415 - start-up time

    given = {"host": host, "port": port}
    return Settings().model_copy(update={k: v for k, v in given.items() if v is not None})


def run(settings: "Settings", *, sample: bool, workers: int = 1) -> None:
    """Serve; with `sample` after the sample year was loaded into an empty ledger."""
    from api.web import server  # noqa: PLC0415 - start-up time

    try:
        listening = server.listen(settings)
    except server.Occupied as error:
        raise Failure(
            f"无法监听 {error}；请用 --port 或 DUDAO_PORT 另选端口，或核对 --host(DUDAO_HOST)",
            f"cannot listen at {error}; choose another port with --port or DUDAO_PORT, or see to --host",
        ) from None

    def ready(house: "Installation") -> None:
        where = settings.public_url or server.address(listening)
        if sample:
            from api.cli import demonstration  # noqa: PLC0415 - start-up time

            demonstration.prepare(house)
            demonstration.open_doors(house)
        else:
            from api.installation.founding import found  # noqa: PLC0415 - start-up time

            found(house.bench)
        # One line for both languages: scripts wait for the address in it.
        begun, end = chosen("督导已启动 / ", ""), chosen("（Ctrl+C 结束）", "(Ctrl+C ends it)")
        sys.stderr.write(f"{begun}Dudao serves at {where} {end}\n")
        sys.stderr.flush()
        if not sample:
            _invite_first(house, where)

    with listening:
        server.serve(settings, listening, ready, workers)


def _invite_first(house: "Installation", where: str) -> None:
    """Show the link that makes the first account, as long as there is none: no default password."""
    from api.access.invitations import FIRST, address  # noqa: PLC0415 - start-up time
    from api.access.joining import first_link  # noqa: PLC0415
    from ledger.log.clock import now  # noqa: PLC0415

    secret = first_link(house.gate, now())
    if secret is None:
        return
    minutes = int(FIRST.total_seconds() // 60)
    sys.stderr.write(
        f"还没有账户。请在 {minutes} 分钟内打开此一次性链接，设立首名安全管理员：\n"
        f"No account yet. Within {minutes} minutes, make the first security administrator here:\n"
        f"  {address(where, secret)}\n"
    )
    sys.stderr.flush()
