"""Whom the name of an issuer in an upload means: the assessor's own, else what is public (§1)."""

import csv
import io
from typing import Any

from tests.acceptance.lines import (
    CENTRE,
    ELECTRICIAN,
    identity,
    item,
    line,
    listed,
    reporter,
    serial,
    session,
    uscc,
)

HEADS = (
    "姓名", "证件类型", "证件号码", "所在单位", "职业名称", "工种名称", "职业技能等级", "证书编号", "发证日期",
    "评价机构", "发证机构",
)  # fmt: skip


def registered(code: str) -> dict[str, Any]:
    return listed(code, item(ELECTRICIAN, "4"))[0]


def named(code: str) -> str:
    return registered(code)["data"]["name"]


def upload(office, code: str, issuer: str, actor: dict[str, str]) -> list[dict[str, Any]]:
    """Upload one certificate of the enterprise's session; return what was refused."""
    own = named(code)
    number = f"Y000011888888254{next(serial):06d}"
    row = ("张三", "201", identity(), own, "电工", "", "四级", number, "2025-03-20", own, issuer)
    out = io.StringIO()
    csv.writer(out).writerows([HEADS, row])
    return office.take(out.getvalue().encode("utf-8-sig"), "upload.csv", actor)[1]


def ready(office) -> str:
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4")), session(code, ELECTRICIAN, "4", "2025-03-10")
    )
    return code


def test_who_takes_a_name_that_another_bears_costs_the_other_no_row(office):
    code, other = ready(office), uscc()
    office.load(
        registered(other),
        line("EnterpriseProfileChanged", "2025-01-01", CENTRE, uscc=other, name=named(code)),
    )
    assert upload(office, code, named(code), reporter(code)) == []
    (issued,) = office.history(code, "CertificateIssued")
    assert issued["data"]["issuer_uscc"] == code


def test_a_reporter_learns_of_nobody_who_is_not_public(office):
    code, private, public = ready(office), uscc(), ready(office)
    office.load(registered(private))
    (hidden,) = upload(office, code, named(private), reporter(code))
    (unknown,) = upload(office, code, "没有这家企业", reporter(code))
    said = [each["errors"][0]["reason"] for each in (hidden, unknown)]
    assert said[0].replace(named(private), "X") == said[1].replace("没有这家企业", "X")
    assert upload(office, code, named(public), reporter(code)) == []
    assert office.verdicts(code, "R1") == ["breach"]
    assert upload(office, code, named(private), CENTRE) == []
