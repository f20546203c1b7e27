"""A rule set from a file, for a replay under other rules (`dudao replay --rules FILE`).

The form is that of an adopted rule set (`docs/rules-file.md`): what passes here can be adopted. What it leaves
out is as in the rules in force.
"""

from pathlib import Path

from api.cli.failures import Failure
from domain.terms.contents import RuleSet
from ledger import catalogue_forms
from ledger.gate.faults import Fault, Invalid

MOST_OCTETS = 64 * 1024


def read(path: Path, others: RuleSet | None = None) -> RuleSet:
    """Return the rule set of a file; what it leaves out is as in the notice's own, or in `others`.

    Raises:
        Failure: with everything that is wrong with it.
    """
    if path.is_file() and path.stat().st_size > MOST_OCTETS:
        raise Failure(
            f"{path} 超过 {MOST_OCTETS // 1024} KiB，不是规则文件",
            f"{path} is larger than {MOST_OCTETS // 1024} KiB and no file of rules",
        )
    try:
        return catalogue_forms.rules(path.read_bytes(), others)
    except Invalid as error:
        if error.code == "malformed":
            raise Failure(f"{path}：{error.zh}", f"{path}: {error.en}") from None
        raise Failure(
            "\n  ".join([f"{path} 不是可用的规则文件：", *map(_zh, error.faults)]),
            "\n  ".join([f"{path} is no usable file of rules:", *map(_en, error.faults)]),
        ) from None


def _zh(fault: Fault) -> str:
    return f"{fault.field}：{fault.zh}"


def _en(fault: Fault) -> str:
    return f"{fault.field}: {fault.en}"
