"""Questions as pages get them: from the address, and a slip in a field is shown beside it.

The API refuses a question with a fault in it. A page answers with what the reader can mend: the
faults on top, what was typed still in its fields, and the list as if nothing had been asked.
"""

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from fastapi import Request
from pydantic import ValidationError

from api.questions.parameters import unclear
from api.questions.problems import Fault
from api.questions.questions import Question

Q = TypeVar("Q", bound=Question)


class Read(NamedTuple):
    """What was asked; with `faults` it could not be understood, and `status` is 422."""

    faults: tuple[Fault, ...]

    @property
    def status(self) -> int:
        """Status of the page."""
        return 422 if self.faults else 200


def typed_in(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters that have a value: a form sends every field, those left empty too."""
    return {name: value for name, value in parameters.items() if value.strip()}


def read(
    request: Request, model: type[Q], *own: str, beside: Mapping[str, str] | None = None
) -> tuple[Q, Read]:
    """Return the question of the page's address; `own` are parameters of the page alone.

    `beside`: what the question needs and the page says otherwise; it is asked where the rest could
    not be understood.
    """
    needed = beside or {}
    given = {n: v for n, v in typed_in(request.query_params).items() if n not in own} | {**needed}
    try:
        return model.model_validate(given), Read(())
    except ValidationError as error:
        problem = unclear(error.errors())
        return model.model_validate(needed), Read(tuple(problem.errors))
