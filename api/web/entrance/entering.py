"""What the pages of the way in share: forms of nobody in particular, and the answer that lets in."""

from typing import Annotated

from fastapi import Depends, Request, Response
from starlette.datastructures import FormData

from api.access import known_devices
from api.access.sign_in import Admitted
from api.http.arrival import Arrival, require_own, require_private
from api.http.caller import Installed
from api.http.cookies import brought_mark, give_mark, give_session
from api.web.frame.acting import typed
from api.web.frame.preferences import inside
from domain.terms.decider import Refused


async def private_form(request: Request, house: Installed) -> Arrival:
    """Return how a form came in that lets somebody in.

    Raises:
        Problem: 403, another site sent it, or others could read it along with us.
    """
    require_own(request, house.settings)
    return require_private(request, house.settings)


Private = Annotated[Arrival, Depends(private_form)]


def require_same(form: FormData) -> None:
    """Refuse a new password that was not typed twice alike.

    Raises:
        Refused: one of the two has a slip.
    """
    fields = typed(form)
    if fields.get("password", "") != fields.get("again", ""):
        raise Refused(
            "password-differs",
            "两次输入的密码不一致",
            "the two passwords are not the same",
            "again",
        )


def let_in(
    request: Request, house: Installed, admitted: Admitted, arrival: Arrival, following: str | None
) -> Response:
    """Return the answer that gives the cookie and leads on: to `following`, else to where their work begins.

    First to the own account where others did something to it since the last sign-in.
    """
    where = "/account" if admitted.news else inside(following) if following else "/"
    answer = Response(status_code=303, headers={"Location": where})
    give_session(answer, arrival, admitted.token)
    before = brought_mark(request.cookies, arrival)
    mark = known_devices.marked(house.gate.device_key, before, admitted.actor.account)
    give_mark(answer, arrival, mark)
    return answer
