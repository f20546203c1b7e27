"""Ways in by which people come beside lines and commands: sheets, forms, phones, catalogues, suppositions, commands.

Each sends the marked people once, as somebody would who knows no better, and says with what they were
answered; where they stand afterwards `test_canaries` finds out.
"""

import hashlib
import json
import os
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import httpx2

from tests.api.desk import Desk
from tests.api.intake.books import sheet_xml, workbook
from tests.api.intake.test_operations import finished, until
from tests.api.lines import (
    CENTRE,
    SUPERVISOR,
    Json,
    certificate,
    district,
    listed,
    reporter,
    session,
    uscc,
)
from tests.commands import dudao

HEADS = [
    "姓名", "证件类型", "证件号码", "所在单位", "职业名称", "工种名称", "职业技能等级", "证书编号",
    "发证日期", "评价机构", "发证机构",
]  # fmt: skip
WORKS = frozenset({"queued", "running"})
PNG = b"\x89PNG\r\n\x1a\n"


def faults(answer: httpx2.Response) -> list[str]:
    """What a page says is wrong: all of the page would fill a screen."""
    said = re.findall(
        r'role="alert".*?</(?:div|ul|section)>|class="fault"[^<]*<?[^<]*', answer.text, re.DOTALL
    )
    return [re.sub(r"<[^>]*>|\s+", " ", each) for each in said]


class People(NamedTuple):
    """Who is marked: a name and a telephone in words, a holder and the number of a document."""

    name: str
    phone: str
    holder: str
    number: str

    @property
    def file(self) -> str:
        """How somebody calls a file that is about one of them."""
        return f"{self.holder} {self.name} {self.phone}"


class Ways:
    """Sends people in by one way after the other, into one installation."""

    def __init__(self, desk: Desk, people: People, folder: Path, environment: Json) -> None:
        self.desk, self.people, self.folder = desk, people, folder
        self.environment = environment
        self.printed = ""
        self.code = uscc("110108")
        self.held = session(self.code)["data"]["assessment_id"]
        desk.send(*listed(self.code, "4"), session(self.code))

    def all(self) -> None:
        """Send them by every one of these ways."""
        ways: tuple[Callable[[], None], ...] = (
            self.workbooks,
            self.broken_files,
            self.forms,
            self.form_on_the_spot,
            self.phone,
            self.catalogues,
            self.suppositions,
            self.terminal,
        )
        for way in ways:
            way()

    # --- sheets

    def upload_sheet(self, *rows: list[Any]) -> bytes:
        """A workbook of certificates of one session."""
        return workbook({"证书": sheet_xml([HEADS, *rows])})

    def row(self, serial: int, **changes: Any) -> list[Any]:
        """A row of it: the holder's, where nothing else is said."""
        one = certificate(self.code, self.held, serial, self.people.holder)["data"]
        given = {
            "姓名": self.people.holder,
            "证件类型": "201",
            "证件号码": self.people.number,
            "所在单位": f"虚构企业{self.code[-6:]}",
            "职业名称": "电工",
            "工种名称": None,
            "职业技能等级": "四级/中级工",
            "证书编号": one["certificate_no"],
            "发证日期": "2025-03-20",
            "评价机构": f"虚构企业{self.code[-6:]}",
            "发证机构": f"虚构企业{self.code[-6:]}",
            **changes,
        }
        return [given[head] for head in HEADS]

    def workbooks(self) -> None:
        """A sheet in which a row is taken and others are refused, marked and taken home again."""
        who = reporter(self.code)
        content = self.upload_sheet(
            self.row(811),
            self.row(812, 职业技能等级="九级"),
            self.row(813, 证件号码=f"{self.people.number}0"),
            self.row(814, 证书编号=self.people.number),
        )
        sent = {"file": (f"{self.people.file}.xlsx", content)}
        answer = self.desk.http.post(
            "/v1/imports", files=sent, data={"assessment": self.held}, headers=self.desk.auth(who)
        )
        assert answer.status_code == 202, answer.text
        done = finished(self.desk, who, answer.json()["id"])
        assert (done["taken"], done["refused"]) == (1, 3), done
        for part in ("errors.xlsx", "marked"):
            path = f"/v1/imports/{done['id']}/{part}"
            assert self.desk.get(path, who, accept="*/*").status_code == 200
        sent = {"file": (f"{self.people.number}.xlsx", content)}
        answer = self.desk.http.post("/v1/imports", files=sent, headers=self.desk.auth(who))
        assert answer.status_code == 422

    def broken_files(self) -> None:
        """What cannot be used at all, and what is no file of ours."""
        people, who = self.people, reporter(self.code)
        text = f"{people.holder} {people.number}"
        for name, content in (
            (f"{people.file}.xlsx", b"PK\x03\x04" + text.encode()),
            (f"{people.file}.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + text.encode()),
            (f"{people.file}.csv", f"{people.holder},{people.number}\n{text},x\n".encode()),
            (f"{people.file}.ndjson", f'{{"type":"{text}"}}\n{text}\n'.encode()),
        ):
            answer = self.desk.http.post(
                "/v1/imports", files={"file": (name, content)}, headers=self.desk.auth(who)
            )
            assert answer.status_code == 202, answer.text
            done = finished(self.desk, who, answer.json()["id"])
            assert done["taken"] == 0

    # --- forms

    def form(self, path: str, who: Json, sent: Json, files: Any = None) -> httpx2.Response:
        """Send a form as a browser does."""
        headers = {**self.desk.auth(who), "Accept": "text/html"}
        answer = self.desk.http.post(path, data=sent, files=files, headers=headers)
        assert answer.status_code < 500, (path, answer.text)
        return answer

    def forms(self) -> None:
        """Pages with a form: what is taken, and what is refused and shown again."""
        people, who = self.people, reporter(self.code)
        said = f"据 {people.name} 反映,电话 {people.phone}"
        finding = {
            "finding_id": f"fd-{uuid.uuid4().hex[:6]}",
            "uscc": self.code,
            "kind": "现场",
            "severity": "minor",
            "rule": "四",
            "statement": said,
            "valid_from": "2025-04-01",
        }
        assert self.form("/findings/new", SUPERVISOR, finding).status_code == 303
        complaint = {
            "complaint_id": f"cp-{uuid.uuid4().hex[:6]}",
            "uscc": self.code,
            "complained_on": "2025-04-01",
            "subject": said,
            "statement": said,
            "valid_from": "2025-04-01",
        }
        self.form("/complaints/new", CENTRE, complaint)
        for number in (people.number, f"{people.holder}{people.number}"):
            self.form("/findings/new", SUPERVISOR, {**finding, "statement": f"证件 {number}"})
            self.form("/certificates", SUPERVISOR, {"number": number, "name": people.holder})
            self.form("/assessments/new", who, {"assessment_id": number, "assessors": number})
            self.form("/sign-in", who, {"account": number, "password": number})
        sheet = self.upload_sheet(self.row(821), self.row(822, 职业技能等级="九级"))
        answer = self.form("/imports", who, {}, {"file": (f"{people.file}.xlsx", sheet)})
        assert answer.status_code == 303
        import_id = answer.headers["location"].rpartition("/")[2]
        self.desk.get(f"/imports/{import_id}", who, "text/html")

    def form_on_the_spot(self) -> None:
        """The form without a script: its photos bear the names of who stands on them."""
        people, who = self.people, district("110108")
        photo = PNG + uuid.uuid4().bytes
        for name, status in (
            (f"{people.file} {people.number}.png", 422),
            (f"{people.file}.png", 303),
        ):
            chosen = {"photos": (name, photo, "image/png")}
            answer = self.form("/field/record", who, self.seen(), chosen)
            assert answer.status_code == status, faults(answer)
        path = f"/v1/evidence/{hashlib.sha256(photo).hexdigest()}"
        assert self.desk.get(path, who, "*/*").status_code == 200

    def seen(self) -> Json:
        """What an inspector answers in the form."""
        from api.web.field.checklist import QUESTIONS  # noqa: PLC0415 - a way of its own

        return {
            "uscc": self.code,
            "district": "110108",
            "kind": "现场督导",
            "day": "2025-04-02",
            "captured_at": "2025-04-02T01:30:00Z",
            "inspector-0-account": "inspector-110108",
            "inspector-0-name": self.people.name,
            **{f"answer-{each.key}": "是" for each in QUESTIONS},
            "place_missing": "联网填写",
            "signature": "paper",
            "unit_statement": f"{self.people.name} {self.people.phone}",
        }

    # --- phones

    def phone(self) -> None:
        """A sealed record, its photo, and a record in which somebody wrote a number down."""
        people, who = self.people, district("110108")
        photo = PNG + uuid.uuid4().bytes
        for note, status in (
            (f"{people.name} {people.phone}", 201),
            (f"证件 {people.number}", 422),
        ):
            data = {
                "inspection_id": f"spot-{uuid.uuid4()}",
                "uscc": self.code,
                "district": "110108",
                "kind": "现场督导",
                "inspectors": [{"account": who["account"], "name": people.name}],
                "captured_at": "2025-04-03T01:00:00Z",
                "device_id": "phone-of-canaries",
                "offline": True,
                "checklist": [{"item": "其他", "value": "是", "note": note}],
                "evidence": [
                    {
                        "sha256": hashlib.sha256(photo).hexdigest(),
                        "media_type": "image/png",
                        "file_name": f"{people.file}.png",
                    }
                ],
                "signature_refused": False,
            }
            answer = self.desk.http.put(
                f"/v1/evidence/{hashlib.sha256(photo).hexdigest()}",
                content=photo,
                headers={**self.desk.auth(who), "Content-Type": "image/png"},
            )
            assert answer.is_success, answer.text
            body = {**data, "valid_from": "2025-04-03"}
            sent = self.desk.post("/v1/commands/SpotCheckRecorded", body, who)
            assert sent.status_code == status, sent.text
        told = {"device_id": f"{people.phone} {people.name}", "sequence": 1, "unsent": 0}
        assert self.desk.post("/v1/field/devices", told, who).status_code in {401, 403}

    # --- catalogues and suppositions

    def catalogues(self) -> None:
        """A file that somebody called after a person; and one that has a person in a cell."""
        people = self.people
        for name, content, status in (
            (f"{people.name} {people.phone}.csv", f"code,name\n4-99-01-77,{people.name}工\n", 201),
            (f"{people.number}.csv", "code,name\n4-99-01-78,某某工\n", 422),
            ("batch.csv", f"code,name\n4-99-01-79,{people.number}\n", 422),
        ):
            answer = self.desk.http.post(
                "/v1/catalogues",
                data={"kind": "new_occupations"},
                files={"file": (name, content.encode())},
                headers={**self.desk.auth(CENTRE), "Idempotency-Key": str(uuid.uuid4())},
            )
            assert answer.status_code == status, (name, answer.text)
            if status == 201:
                path = f"/v1/catalogues/{answer.json()['sha256']}/preview"
                self.desk.get(path, SUPERVISOR, valid_from="2025-01-01", edition=people.name)

    def suppositions(self) -> None:
        """Certificates that are only supposed: one holds, one breaks its session, one is nonsense."""
        people = self.people
        one = certificate(self.code, self.held, 831, people.holder)
        one["data"]["holder"]["id_no"] = people.number
        lines = [one, {**one, "data": {**one["data"], "level": people.number}}]
        text = "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in lines)
        for sent in (lines, f"{text}{people.holder} {people.number}\n"):
            answer = self.desk.post("/v1/what-if", {"suppositions": sent}, SUPERVISOR)
            assert answer.status_code == 202, answer.text
            path = answer.headers["location"]
            until(lambda at=path: self.desk.get(at).json(), lambda said: said["stage"] not in WORKS)
            said = self.desk.get(path).text
            assert people.holder not in said
            assert people.number not in said
        self.form("/what-if", SUPERVISOR, {"suppositions": text})

    # --- the terminal

    def terminal(self) -> None:
        """Files brought in on the server: what it prints names nobody."""
        people, folder = self.people, self.folder / "terminal"
        folder.mkdir()
        lines = [certificate(self.code, self.held, n, people.holder) for n in (841, 842)]
        lines[1]["data"]["level"] = people.number
        text = "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in lines)
        (folder / "lines.ndjson").write_text(f"{text}{people.holder}\n", "utf-8")
        (folder / "sheet.xlsx").write_bytes(
            self.upload_sheet(self.row(843, 职业技能等级="九级"), self.row(844, 姓名=None))
        )
        who = ",".join(reporter(self.code).values())
        for arguments, status in (
            (("import", "lines.ndjson", "sheet.xlsx", "--actor", who), 3),
            (("import", "sheet.xlsx", "--actor", who, "--json"), 3),
            (("what-if", "--suppose", "lines.ndjson"), None),
        ):
            done = dudao(arguments, folder, {**os.environ, **self.environment})
            assert status in {None, done.returncode}, done.stdout + done.stderr
            self.printed += done.stdout + done.stderr
