"""Schemas for untrusted input, made from the event classes themselves: one definition per event.

Two families. `given`: what a command may say, where some fields are filled in by the ledger and
some have a shorter form. `stored`: what an event may hold, against which corrections are judged.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache, partial
from types import MappingProxyType, NoneType, UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from pydantic_core import CoreSchema, PydanticCustomError, SchemaValidator
from pydantic_core import core_schema as cs

from domain.certificate.certificate import Holder
from domain.correction import CorrectionRequested, FieldCorrection, RecordCorrected
from domain.inspection.draw import Pool, Sample
from domain.registry import EVENTS
from domain.request import ActRequested
from domain.terms.envelope import Actor
from domain.terms.identifiers import is_identity_number, is_placeholder, masked_name
from domain.terms.vocabulary import CandidateCategory, Level, Method
from ledger.gate.json import value_text
from ledger.gate.rules import (
    DAY_RULE,
    DOCUMENT_NUMBER,
    INSTANT_RULE,
    LEVEL_RULE,
    METHOD_RULE,
    MOST_ITEMS,
    NOT_BLANK,
    PATH,
    number_rule,
    text_rule,
    whole_rule,
)
from ledger.gate.text import as_object
from ledger.members import member

Special = Callable[[], CoreSchema]

IDENTITY_CARD = "201"
"""Kind of document: resident identity card."""

FILLED_IN: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "EvaluationConcluded": frozenset({"arithmetic"}),
        "InspectionDrawn": frozenset({"pool_digest", "drawn"}),
        "ListingRenewed": frozenset({"decided_on"}),
        "RosterPublished": frozenset({"number", "entries_digest"}),
    }
)
"""Fields that the ledger computes; a command may not name them."""


class Family(NamedTuple):
    """How classes that are not given as they are stored are read, and which fields are left out."""

    special: Mapping[Any, Special]
    left_out: Mapping[str, frozenset[str]]


def schema(hint: Any, family: Family, name: str = "") -> CoreSchema:  # noqa: ANN401 - a type hint
    """Return the schema of a value of type `hint` in the field `name`."""
    if hint in family.special:
        return family.special[hint]()
    if hint in _SIMPLE:
        return _SIMPLE[hint](name)
    if is_dataclass(hint):
        return _record(hint, family)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _WRITTEN.get(hint) or cs.enum_schema(hint, list(hint), sub_type="str")
    arguments = [a for a in get_args(hint) if a is not NoneType]
    if get_origin(hint) is tuple:
        inner = schema(arguments[0], family, name)
        return cs.tuple_schema([inner], variadic_item_index=0, max_length=MOST_ITEMS)
    if get_origin(hint) in {Union, UnionType}:
        return cs.nullable_schema(schema(arguments[0], family, name))
    raise TypeError(f"{hint} has no shape")


_WRITTEN: Mapping[Any, CoreSchema] = MappingProxyType({Level: LEVEL_RULE, Method: METHOD_RULE})
"""Values that people write in several ways."""
_SIMPLE: Mapping[Any, Callable[[str], CoreSchema]] = MappingProxyType(
    {
        str: text_rule,
        int: whole_rule,
        Decimal: number_rule,
        bool: lambda _: cs.bool_schema(strict=True),
        date: lambda _: DAY_RULE,
        datetime: lambda _: INSTANT_RULE,
    }
)


def _record(cls: Any, family: Family) -> CoreSchema:  # noqa: ANN401 - a dataclass
    hints = get_type_hints(cls)
    left_out = family.left_out.get(cls.__name__, frozenset())
    taken = [f for f in fields(cls) if f.name not in left_out]
    members = [
        cs.dataclass_field(
            f.name,
            _with_default(f, schema(hints[f.name], family, f.name)),
            kw_only=True,
            validation_alias=member(f.name),
        )
        for f in taken
    ]
    absent = [
        cs.dataclass_field(
            f.name, cs.with_default_schema(cs.none_schema(), default=f.default), init=False
        )
        for f in fields(cls)
        if f.name in left_out
    ]
    return cs.dataclass_schema(
        cls,
        cs.dataclass_args_schema(cls.__name__, [*members, *absent], extra_behavior="forbid"),
        [f.name for f in fields(cls)],
        slots=True,
        frozen=True,
    )


def _with_default(field: Field[Any], inner: CoreSchema) -> CoreSchema:
    if field.default is MISSING:
        return inner
    return cs.with_default_schema(inner, default=field.default)


def _holder() -> CoreSchema:
    """Name and document number go to the vault; what is left of them here is the masked name."""
    members = {
        "name": cs.str_schema(strict=True, min_length=1, max_length=100, pattern=NOT_BLANK),
        "id_type": text_rule("id_type"),
        "id_no": cs.str_schema(strict=True, pattern=DOCUMENT_NUMBER, max_length=40),
        "category": cs.nullable_schema(schema(CandidateCategory, STORED_FAMILY)),
    }
    given = cs.typed_dict_schema(
        {
            name: cs.typed_dict_field(inner, required=name != "category")
            for name, inner in members.items()
        },
        extra_behavior="forbid",
    )
    return cs.no_info_after_validator_function(_masked, given)


def _masked(given: Mapping[str, Any]) -> Holder:
    if given["id_type"] == IDENTITY_CARD and not is_identity_number(given["id_no"].upper()):
        raise PydanticCustomError("identity_number", "not a valid number", {"at": "id_no"})
    if is_placeholder(given["name"]):
        raise PydanticCustomError("placeholder", "not a name", {"at": "name"})
    return Holder(
        subject_id="",
        masked_name=masked_name(given["name"]),
        id_type=given["id_type"],
        category=given.get("category"),
    )


STORED_FAMILY = Family(MappingProxyType({}), MappingProxyType({}))


def _pool() -> CoreSchema:
    """Either both lists by name, or the enterprises alone."""
    return cs.no_info_before_validator_function(_enterprises_alone, _record(Pool, STORED_FAMILY))


def _sample() -> CoreSchema:
    return cs.no_info_before_validator_function(_enterprises_alone, _record(Sample, STORED_FAMILY))


def _enterprises_alone(given: object) -> object:
    return given if as_object(given) is not None else {"enterprises": given}


def _correction(cls: type[RecordCorrected | CorrectionRequested]) -> CoreSchema:
    paths = cs.dict_schema(
        cs.str_schema(strict=True, pattern=PATH), cs.any_schema(), max_length=100
    )
    corrected = cs.no_info_after_validator_function(_field_corrections, paths)
    return cs.dataclass_schema(
        cls,
        cs.dataclass_args_schema(
            cls.__name__,
            [
                cs.dataclass_field("position", whole_rule("position"), kw_only=True),
                cs.dataclass_field("fields", corrected, kw_only=True),
            ],
            extra_behavior="forbid",
        ),
        ["position", "fields"],
        slots=True,
        frozen=True,
    )


def _request() -> CoreSchema:
    """The data of the act as any object: its own event reads it when the request is decided on."""
    members = {
        "request_id": text_rule("request_id"),
        "type": text_rule("type"),
        "valid_from": DAY_RULE,
        "data": cs.no_info_after_validator_function(
            value_text, cs.dict_schema(cs.str_schema(strict=True), cs.any_schema(), max_length=100)
        ),
    }
    beside = {name: cs.nullable_schema(text_rule(name)) for name in ("reason", "document_no")}
    return cs.dataclass_schema(
        ActRequested,
        cs.dataclass_args_schema(
            "ActRequested",
            [
                *(cs.dataclass_field(name, rule, kw_only=True) for name, rule in members.items()),
                *(
                    cs.dataclass_field(
                        name, cs.with_default_schema(rule, default=None), kw_only=True
                    )
                    for name, rule in beside.items()
                ),
            ],
            extra_behavior="forbid",
        ),
        [*members, *beside],
        slots=True,
        frozen=True,
    )


def _field_corrections(given: Mapping[str, Any]) -> tuple[FieldCorrection, ...]:
    return tuple(
        FieldCorrection(path=path, value=value_text(value)) for path, value in given.items()
    )


GIVEN_FAMILY = Family(
    MappingProxyType(
        {
            Holder: _holder,
            Pool: _pool,
            Sample: _sample,
            RecordCorrected: partial(_correction, RecordCorrected),
            CorrectionRequested: partial(_correction, CorrectionRequested),
            ActRequested: _request,
        }
    ),
    FILLED_IN,
)


@cache  # each when it is first met: those of all events take a tenth of the time of a short command
def command_reader(name: str) -> SchemaValidator:
    """Return the reader of a command's data, by the name of its event; KeyError: there is no such event."""
    return SchemaValidator(schema(EVENTS[name].cls, GIVEN_FAMILY))


@cache
def event_reader(cls: type) -> SchemaValidator:
    """Return the reader of a whole event, as a correction leaves it."""
    return SchemaValidator(schema(cls, STORED_FAMILY))


ACTOR = SchemaValidator(schema(Actor, STORED_FAMILY))
DAY = SchemaValidator(DAY_RULE)
TEXTS: Mapping[str, SchemaValidator] = MappingProxyType(
    {
        name: SchemaValidator(text_rule(name))
        for name in ("reason", "document_no", "idempotency_key")
    }
)
"""Texts that stand beside the data."""
