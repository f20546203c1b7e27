"""The variables `DUDAO_…` as an operator writes them: which there are, which come from files, which are wrong.

Nothing here quotes a value: half of what is written wrongly is a password.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from ledger.unready import Unready

PREFIX = "DUDAO_"
FROM_FILE = "_FILE"
TESTS = "DUDAO_TEST_"
"""What the project's own tests are told."""
ALIKE, MISSPELT = 0.6, 0.8
"""From 0 to 1: how much of a name must agree for the other to be offered, or to have been meant."""
PLACES = ("DATA", "DATABASE_URL", "OWNER_URL")
"""Settings that say where the ledger is."""
LARGEST_SECRET = 64 * 1024


def unusable(zh: str, en: str) -> PydanticCustomError:
    """Return what a validator raises, in both languages."""
    return PydanticCustomError("unusable", "{en}", {"zh": zh, "en": en})


def variable(field: str) -> str:
    """Return the name of the variable that sets a field."""
    return f"{PREFIX}{field.upper()}"


def is_secret(field: FieldInfo) -> bool:
    """Return whether a setting is never shown."""
    return "SecretStr" in str(field.annotation)


class Misconfigured(Unready):
    """What the environment says cannot be followed."""


class SecretFiles(PydanticBaseSettingsSource):
    """Secrets from the files that `DUDAO_…_FILE` name, as Docker, systemd and Kubernetes give them."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return what the file of one field holds, if it is a secret and has one."""
        name = variable(field_name) + FROM_FILE
        given = os.environ.get(name)
        if not given or not is_secret(field):
            return None, field_name, False
        if os.environ.get(variable(field_name)):
            raise Misconfigured(
                f"{variable(field_name)} 与 {name} 只能设一个",
                f"set {variable(field_name)} or {name}, not both",
            )
        return _content(name, Path(given).expanduser()), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return all that files hold."""
        values = (
            (name, self.get_field_value(field, name)[0])
            for name, field in self.settings_cls.model_fields.items()
        )
        return {name: value for name, value in values if value is not None}


def _content(name: str, path: Path) -> SecretStr:
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST_SECRET + 1).decode().rstrip("\r\n")
    except OSError as error:
        raise Misconfigured(
            f"无法读取 {name} 所指的文件 {path}：{error.strerror}",
            f"the file {path} that {name} names cannot be read: {error.strerror}",
        ) from None
    except UnicodeDecodeError:
        text = ""
    if not text or len(text) > LARGEST_SECRET or "\n" in text or "\0" in text:
        raise Misconfigured(
            f"{name} 所指的文件 {path} 应只有一行文字",
            f"the file {path} that {name} names should hold one line of text",
        )
    return SecretStr(text)


class Unknown(NamedTuple):
    """A variable that looks like one of ours and is none."""

    name: str
    near: str | None

    def said(self) -> tuple[str, str]:
        """Return what to tell about it."""
        zh = f"；是否应为 {self.near}？" if self.near else ""
        en = f"; is {self.near} meant?" if self.near else ""
        return (
            f"环境变量 {self.name} 不是本程序的设置，未采用{zh}",
            f"{self.name} is no setting of this program and is not used{en}",
        )


def known(model: type[BaseSettings]) -> frozenset[str]:
    """Return the names of all variables."""
    fields = model.model_fields.items()
    files = {variable(name) + FROM_FILE for name, field in fields if is_secret(field)}
    return frozenset({variable(name) for name, _ in fields} | files)


def unknown(model: type[BaseSettings], environment: Mapping[str, str]) -> Iterator[Unknown]:
    """Yield the variables that look like ours and are none, each with the one that is most like it."""
    names = known(model)
    for name in sorted(environment):
        upper = name.upper()  # the settings are read in either case
        if upper.startswith(PREFIX) and upper not in names and not upper.startswith(TESTS):
            near = _nearest(upper, names, ALIKE)
            yield Unknown(name, near)


def _nearest(name: str, names: Iterable[str], alike: float) -> str | None:
    own = {each.removeprefix(PREFIX): each for each in sorted(names)}
    near = get_close_matches(name.removeprefix(PREFIX), own, 1, alike)
    return own[near[0]] if near else None


def refuse_misspelt_place(model: type[BaseSettings], environment: Mapping[str, str]) -> None:
    """Begin no ledger where another place seems to have been meant: nobody would look for it here.

    Raises:
        Misconfigured: a variable is almost one of those that say where the ledger is.
    """
    places = [PREFIX + variable + end for variable in PLACES for end in ("", FROM_FILE)]
    for variable in unknown(model, environment):
        near = _nearest(variable.name.upper(), places, MISSPELT)
        if near is not None:
            raise Misconfigured(
                f"不新建账本：环境变量 {variable.name} 不是本程序的设置，似应为 {near}。请改正或去掉它",
                f"no ledger is begun: {variable.name} is no setting of this program, {near} seems to "
                "be meant. Correct the name, or take it away",
            )


def explained(model: type[BaseSettings], error: ValidationError) -> tuple[str, str]:
    """Return what is wrong with the variables, in Chinese and English."""
    faults = error.errors(include_url=False, include_input=False)
    said = [_explained(model, fault) for fault in faults]
    return "；".join(zh for zh, _ in said), "; ".join(en for _, en in said)


def _explained(model: type[BaseSettings], fault: ErrorDetails) -> tuple[str, str]:
    field = str(fault["loc"][0]) if fault["loc"] else ""
    name = variable(field)
    if not os.environ.get(name) and os.environ.get(name + FROM_FILE):
        name += FROM_FILE
    zh, en = _wanted(model.model_fields.get(field), fault)
    return f"环境变量 {name} 的值无效：{zh}", f"the value of {name} is not valid: {en}"


def _wanted(field: FieldInfo | None, fault: ErrorDetails) -> tuple[str, str]:
    about = fault.get("ctx", {})
    match fault["type"]:
        case "unusable":
            return str(about["zh"]), str(about["en"])
        case "literal_error":
            choices = str(about["expected"]).replace("'", "")
            return f"应为 {choices.replace(' or ', '、')}", f"it is {choices}"
        case "bool_parsing" | "bool_type":
            return "应为 1 或 0", "it is 1 or 0"
        case "int_parsing" | "int_parsing_size" | "greater_than_equal" | "less_than_equal":
            least, most = _bounds(field)
            return f"应为 {least} 至 {most} 的整数", f"a whole number from {least} to {most}"
        case _:
            return "请核对", "check it"


def _bounds(field: FieldInfo | None) -> tuple[Any, Any]:
    rules = () if field is None else field.metadata
    least = next((rule.ge for rule in rules if hasattr(rule, "ge")), 0)
    most = next((rule.le for rule in rules if hasattr(rule, "le")), "…")
    return least, most
