"""Whether the installation lives, is ready, and how busy it is."""

import orjson
from fastapi import APIRouter, Request, Response

from api.export.formats import JSON
from api.http.caller import Caller, Installed
from api.http.described import of_now, problems
from api.http.metrics import CONTENT_TYPE
from api.installation.figures import figures
from api.questions.policy import Action, decide
from api.questions.problems import Problem

router = APIRouter(tags=["operation"])


@router.get(
    "/healthz",
    summary="进程在运行 / the process lives",
    operation_id="healthz",
    responses={200: of_now("healthz")},
    response_class=Response,
)
async def healthz() -> Response:
    """Return that the process answers; the database is not asked."""
    return Response(b'{"alive":true}', media_type=JSON)


@router.get(
    "/readyz",
    summary="可以使用：数据库、账本（可入账）、视图 / ready: database, ledger (can record), views",
    operation_id="readyz",
    responses={200: of_now("readyz"), **problems(503)},
    response_class=Response,
)
def readyz(house: Installed) -> Response:
    """Return where ledger and views end; 503 while one of them cannot be used.

    An entry is really appended, and undone: what can only be read is not ready.
    """
    lag = house.lag()
    house.try_append()
    if lag.stands_still:
        raise Problem(
            "not-ready",
            f"视图停在位置 {lag.followed}，{lag.unmoved:.0f} 秒未更新，台账已到 {lag.head}；请稍后重试",
            f"the views stand still at position {lag.followed} for {lag.unmoved:.0f} s, the ledger is "
            f"at {lag.head}; try again later",
            position=lag.followed,
            headers={"Retry-After": "2"},
        )
    body = {
        "ready": True,
        "position": lag.head,
        "followed": lag.followed,
        # Everybody else is followed; these wait for a release that can read what they stopped at.
        "set_apart": [each._asdict() for each in house.set_apart()],
    }
    return Response(orjson.dumps(body), media_type=JSON)


@router.get(
    "/metrics",
    summary="Prometheus 指标 / figures for Prometheus",
    operation_id="metrics",
    responses=problems(401, 403),
    response_class=Response,
)
def metrics(request: Request, house: Installed, actor: Caller) -> Response:
    """Return the figures."""
    # Behind a proxy on the same machine every caller looks local: the token decides.
    decide(actor, Action.READ, "metrics")
    lag = house.lag()
    return Response(
        request.app.state.metrics.text(
            lag,
            house.set_apart(),
            list(figures(house)),
            clock_refused=house.log.clock.refused is not None,
        ),
        media_type=CONTENT_TYPE,
    )
