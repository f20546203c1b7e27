"""One running Dudao, asked over HTTP; files are taken in by its own importer."""

import json
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import httpx2

from api.access.tokens import issue
from api.installation.bench import Bench
from api.intake.imports.files import ImportReport, Rejects
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.log.clock import now
from tests.acceptance.lines import (
    ELECTRICIAN,
    SUPERVISOR,
    Json,
    certificate,
    item,
    listed,
    session,
    uscc,
)
from tests.commands import dudao

DUDAO = (sys.executable, "-m", "api.cli.main")


class Office:
    """Cases share the ledger; each brings enterprises of its own."""

    def __init__(self, base: str, key: bytes, bench: Bench, folder: Path) -> None:
        self.base, self.key, self.bench, self.folder = base, key, bench, folder
        self._days = count()
        self.client = httpx2.Client(base_url=base, timeout=60)

    def take(
        self, content: str | bytes, name: str = "in.ndjson", actor: Json | None = None
    ) -> tuple[ImportReport, list[Json]]:
        """Import a file, a sheet in the name of `actor`; return the report and the refused lines."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            path, reject = Path(folder, name), Path(folder, "reject.ndjson")
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            report = self.bench.importer(actor, lambda _done, _whole: None).take(
                path, Rejects(reject)
            )
            refused = reject.read_text().splitlines() if reject.exists() else []
        return report, [json.loads(each) for each in refused]

    def attempt(self, lines: Sequence[Json]) -> list[Json]:
        """Import lines; return those that were refused."""
        return self.take("".join(f"{json.dumps(x, ensure_ascii=False)}\n" for x in lines))[1]

    def load(self, *lines: Json) -> None:
        """Import lines; every one is taken."""
        refused = self.attempt(lines)
        assert refused == [], refused

    def refuse(self, *lines: Json, field: str | None = None) -> list[Json]:
        """Import lines; every one is refused, with line, code, reason and input."""
        before = self.position()
        refused = self.attempt(lines)
        assert [x["line"] for x in refused] == list(range(1, len(lines) + 1)), refused
        for each in refused:
            assert set(each) == {"line", "code", "reason", "errors", "input"}
            assert each["code"]
            assert each["reason"]
            assert field is None or any(field in e["field"] for e in each["errors"]), each
        assert self.position() == before
        return refused

    def mix(self, *pairs: tuple[Json, bool]) -> None:
        """Import lines with whether each is taken."""
        refused = {x["line"]: x["reason"] for x in self.attempt([x for x, _ in pairs])}
        expected = [number for number, (_, taken) in enumerate(pairs, 1) if not taken]
        assert list(refused) == expected, refused

    def token(self, actor: Json) -> str:
        who = Actor(
            account=actor["account"], role=Role(actor["role"]), organisation=actor["organisation"]
        )
        return issue(self.key, who, now(), timedelta(hours=1))

    def ask(
        self,
        path: str,
        actor: Json | None = SUPERVISOR,
        headers: dict[str, str] | None = None,
        **asked: Any,
    ) -> httpx2.Response:
        """Ask as somebody, or as nobody; `from_` is the parameter `from`."""
        params = {name.rstrip("_"): value for name, value in asked.items() if value is not None}
        sent = {} if actor is None else {"Authorization": f"Bearer {self.token(actor)}"}
        return self.client.get(path, params=params, headers={**sent, **(headers or {})})

    def get(self, path: str, actor: Json | None = SUPERVISOR, **asked: Any) -> Any:
        """Ask for what is there."""
        answer = self.ask(path, actor, **asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def items(self, path: str, actor: Json | None = SUPERVISOR, **asked: Any) -> list[Json]:
        """Every item of a list, page by page."""
        found: list[Json] = []
        cursor = None
        while True:
            page = self.get(path, actor, cursor=cursor, **asked)
            found += page["items"]
            cursor = page["next"]
            if cursor is None:
                return found

    def post(
        self, path: str, body: Any, actor: Json | None, key: str | None = None, **headers: str
    ) -> httpx2.Response:
        """Send the data of a line as a body, or a body as it is."""
        if isinstance(body, dict) and {"actor", "data"} <= set(body):
            beside = ("valid_from", "reason", "document_no")
            body = {**body["data"], **{name: body[name] for name in beside if name in body}}
        sent = {"Idempotency-Key": key or str(uuid.uuid4()), "Content-Type": "application/json"}
        if actor is not None:
            sent["Authorization"] = f"Bearer {self.token(actor)}"
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(path, content=content, headers={**sent, **named})

    def position(self) -> int:
        return int(self.ask("/v1/roster", limit=1).headers["Ledger-Position"])

    def flags(self, code: str, **asked: Any) -> list[Json]:
        """Flags about one enterprise; `check` is the code of the flag."""
        if "check" in asked:
            asked["code"] = asked.pop("check")
        return self.items("/v1/flags", uscc=code, **asked)

    def verdicts(self, code: str, check: str) -> list[str]:
        return [f["verdict"] for f in self.flags(code, check=check)]

    def breaches(self, code: str, **asked: Any) -> list[str]:
        return sorted(f["code"] for f in self.flags(code, verdict="breach", **asked))

    def found(self, code: str, **asked: Any) -> list[tuple[str, str]]:
        return sorted((f["code"], f["verdict"]) for f in self.flags(code, **asked))

    def standing(self, code: str, day: str, **asked: Any) -> list[str]:
        rows = self.items("/v1/roster", valid_at=day, q=code, **asked)
        return [row["standing"] for row in rows]

    def history(self, code: str, kind: str | None = None) -> list[Json]:
        events = self.items(f"/v1/enterprises/{code}/history")
        return [e for e in events if kind is None or e["type"] == kind]

    @cached_property
    def anywhere(self) -> str:
        """An enterprise that holds clean sessions, one a day, at any place."""
        code = uscc()
        self.load(*listed(code, item(ELECTRICIAN, "4")))
        return code

    def held_at(
        self, venue: Json | None, mode: str = "on_site", method: str = "examination"
    ) -> dict[str, str]:
        """What is found of a clean session at that place: code → verdict."""
        code = self.anywhere
        day = (date(2025, 2, 1) + timedelta(next(self._days))).isoformat()
        self.load(session(code, ELECTRICIAN, "4", day, venue=venue, mode=mode, method=method))
        return {flag["code"]: flag["verdict"] for flag in self.flags(code, from_=day)}

    def certified(
        self, level: str = "4", people: Json | None = None, **more: Any
    ) -> tuple[str, Json, Json]:
        """A listed enterprise with one session and one certificate."""
        code = uscc()
        held = session(code, ELECTRICIAN, level, "2025-03-10", candidates=people)
        paper = certificate(held, **more)
        self.load(*listed(code, item(ELECTRICIAN, "5", "4", "3", "2", "1")), held, paper)
        return code, paper, held

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the command line on the same data folder."""
        return dudao(arguments, Path.cwd(), {**os.environ, "DUDAO_DATA": str(self.folder)})


def problem(answer: httpx2.Response, *expected: int) -> Json:
    """The problem of an answer that is none."""
    assert answer.status_code in expected, (answer.status_code, answer.text)
    assert answer.headers["Content-Type"] == "application/problem+json"
    found: Json = answer.json()
    assert {"type", "title", "status", "detail", "instance"} <= set(found)
    assert found["status"] == answer.status_code
    return found
