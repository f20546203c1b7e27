"""An entry that this version cannot read is named everywhere, and everything else is answered."""

from collections.abc import Iterator

import pytest

from api.installation.doctor import CheckState, examine
from api.installation.wiring import Installation
from api.web.app import create_app
from ledger.log.log import Append
from tests.api.desk import Desk
from tests.api.lines import SUPERVISOR, registered, uscc
from tests.ledger.drafts import draft
from tests.postgres import Server
from tests.serving import own_settings, serving

pytestmark = pytest.mark.postgres
ADMINISTRATOR = {"account": "admin-1", "role": "system_admin", "organisation": "centre"}


@pytest.fixture(scope="module")
def later(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation in whose ledger a later release will have written."""
    settings = own_settings(server, "dudao_later", tmp_path_factory.mktemp("later"))
    with Installation(settings, connections=8) as house:
        house.follow()
        yield house


@pytest.fixture(scope="module")
def client(later: Installation) -> Iterator[Desk]:
    with serving(create_app(later)) as base:
        made = Desk(base, later.key)
        yield made
        made.http.close()


def test_one_unreadable_entry_is_named_and_stops_nobody_else(
    later: Installation, client: Desk
) -> None:
    held, other = uscc(), uscc()
    client.send(registered(held, name="停在此处的企业"), registered(other, name="照常的企业"))
    unheard = draft("enterprise/later", subject=held)._replace(
        type="enterprise.unheard-of/9", tags=(f"enterprise:{held}",)
    )
    later.log.append([Append((unheard,), frozenset(), 0)])
    at = later.log.head().position
    client.send(registered(third := uscc(), name="之后的企业"))

    asked = [client.get(f"/v1/enterprises/{code}") for code in (held, other, third)]
    assert [answer.status_code for answer in asked] == [200, 200, 200]
    ready = client.get("/readyz", None)
    assert ready.status_code == 200
    assert [each["position"] for each in ready.json()["set_apart"]] == [at]
    assert f"{float(at)}" in next(
        line
        for line in client.get("/metrics", ADMINISTRATOR).text.splitlines()
        if line.startswith("dudao_projections_set_apart_position{")
    )
    fault = next(found for found in examine(later) if found.check == "set apart")
    assert fault.state is CheckState.FAULT
    assert str(at) in fault.en

    told = client.items("/v1/events")
    assert [item["type"] for item in told if item["position"] == at] == ["Unreadable"]
    assert client.get(f"/v1/events/{at}").status_code == 200
    assert client.get(f"/v1/enterprises/{held}/history").status_code == 200
    for page in ("", "/history", "/flags"):
        shown = client.get(f"/enterprises/{held}{page}", accept="text/html")
        assert shown.status_code == 200
        assert f"位置 {at} 的记录" in shown.text
    assert "的记录，以下为" not in client.get(f"/enterprises/{other}", accept="text/html").text
    assert str(at) in client.get("/system", ADMINISTRATOR, accept="text/html").text

    # What would have to be decided on it is refused, for now, by the same sentence.
    change = {"uscc": held, "valid_from": "2024-05-01", "address": "别处"}
    refused = client.post("/v1/commands/EnterpriseProfileChanged", change, SUPERVISOR)
    assert refused.status_code in {403, 503}
