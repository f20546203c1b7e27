"""Acts that wait for a second person, written into their request and read back out of it.

These are the `ReadAct` and the `WriteAct` of the domain.
"""

from typing import Any

from pydantic_core import ValidationError

from domain.terms.decider import Refused
from ledger.gate.errors import faults_of
from ledger.gate.faults import Invalid
from ledger.gate.json import canonical, read
from ledger.gate.output import contract
from ledger.gate.schema import command_reader


def write_act(event: object) -> str:
    """Return the data of an act as one JSON text, in the shape of the contract."""
    return canonical(contract(event)).decode()


def read_act(name: str, data: str) -> Any:  # noqa: ANN401 - any event
    """Return what would record the act.

    Raises:
        Refused: it is no valid event; `field` is a path below `data`.
    """
    try:
        return command_reader(name).validate_python(read(data.encode()))
    except ValidationError as error:
        faults = faults_of(error)
    except Invalid as error:
        faults = list(error.faults)
    fault = faults[0]
    raise Refused("invalid", fault.zh, fault.en, f"data.{fault.field}" if fault.field else "data")
