"""A client of a real server: sends commands as whoever acts, asks as whoever asks."""

import uuid
from datetime import timedelta
from typing import Any

import httpx2

from api.access.tokens import issue
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.log.clock import now
from tests.api.described import undescribed
from tests.api.lines import SUPERVISOR, Json


class Desk:
    """Everything goes over a socket; only the tokens are made here, with the server's key."""

    def __init__(self, base: str, key: bytes) -> None:
        self.base, self.key = base, key
        hooks = {"response": [self._described]}
        self.http = httpx2.Client(base_url=base, timeout=30, event_hooks=hooks)

    @staticmethod
    def _described(answer: httpx2.Response) -> None:
        """Hold what any test is answered against the description."""
        if answer.headers.get("content-type") == "application/json":
            answer.read()
            departures = undescribed(answer)
            if departures:
                raise AssertionError(*departures)

    def token(self, actor: Json) -> str:
        """A token for that actor."""
        who = Actor(
            account=actor["account"], role=Role(actor["role"]), organisation=actor["organisation"]
        )
        return issue(self.key, who, now(), timedelta(hours=1))

    def auth(self, actor: Json | None) -> dict[str, str]:
        """The header that goes with the actor; none for nobody."""
        return {} if actor is None else {"Authorization": f"Bearer {self.token(actor)}"}

    def post(
        self, path: str, body: Any, actor: Json | None, key: str | None = None, **headers: str
    ) -> httpx2.Response:
        """Send one body."""
        sent = {**self.auth(actor), "Idempotency-Key": key or str(uuid.uuid4())}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.post(path, json=body, headers=sent)

    def send(self, *lines: Json) -> list[Json]:
        """Send lines in order, each as its own actor; every one must be taken.

        A filing is entered by who received it, and a second person takes what needs two.
        """
        done: list[Json] = []
        for line in lines:
            named = ("valid_from", "reason", "document_no", "received_on")
            beside = {k: line[k] for k in named if k in line}
            actor = line.get("received_by", line["actor"])
            answer = self.post(f"/v1/commands/{line['type']}", {**line["data"], **beside}, actor)
            if answer.status_code == 202:
                done.append(self.decide(answer.json()["request_id"], line["approved_by"]))
                continue
            assert answer.status_code == 201, (line["type"], answer.text)
            done.append(answer.json())
        return done

    def decide(self, request_id: str, actor: Json) -> Json:
        """Take a request; return what is said of the act that was carried out."""
        path = f"/v1/requests/{request_id}/decision"
        answer = self.post(path, {"taken": True}, actor)
        assert answer.status_code == 201, answer.text
        said: Json = answer.json()
        return {**said, "position": said["positions"][1], "positions": said["positions"][1:]}

    def get(
        self,
        path: str,
        actor: Json | None = SUPERVISOR,
        accept: str = "application/json",
        **asked: Any,
    ) -> httpx2.Response:
        """Ask."""
        params = {name.rstrip("_"): value for name, value in asked.items() if value is not None}
        return self.http.get(path, params=params, headers={**self.auth(actor), "Accept": accept})

    def items(self, path: str, actor: Json | None = SUPERVISOR, **asked: Any) -> list[Json]:
        """Every item of a list, page by page."""
        found: list[Json] = []
        cursor: str | None = None
        while True:
            answer = self.get(path, actor, cursor=cursor, **asked)
            assert answer.status_code == 200, answer.text
            found += answer.json()["items"]
            cursor = answer.json()["next"]
            if cursor is None:
                return found
