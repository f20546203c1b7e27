"""A receipt is on the page of its entry, and the browser that shows it verifies it."""

import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from api.installation.wiring import Installation
from proof.signer import Signer, open_signer, sign_now
from tests.api.web.site import SUPERVISOR, Opener

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

AT = 1_764_000_000
HOLDS, SIGNED = "路径成立", "Ed25519 签名与本页所列公钥相符"


@pytest.fixture
def signer(shown: Installation, tmp_path: Path) -> Signer:
    made = open_signer(tmp_path / "signer", f"ledger.example/{uuid.uuid4()}")
    with shown.pool.connection() as connection:
        sign_now(made, connection, AT)
    return made


def verified(page: Page) -> str:
    """Press the button; return what the page says then."""
    page.locator("#receipt-verified").evaluate("span => span.textContent = ''")
    page.get_by_role("button", name="在本浏览器中核验").click()
    expect(page.locator("#receipt-verified")).not_to_be_empty()
    return page.locator("#receipt-verified").inner_text()


def put(page: Page, script: str) -> None:
    page.locator("#receipt").evaluate(script)


def test_the_browser_verifies_a_receipt_and_believes_no_other(
    reader: Opener, shown: Installation, signer: Signer
) -> None:
    head = shown.log.head().position
    one = reader(SUPERVISOR)
    for position in (1, 2, 257, head - 1, head):
        page = one.open(f"/entries/{position}")
        said = verified(page)
        assert HOLDS in said
        assert SIGNED in said
        assert signer.origin in said
    page = one.open("/entries/100")
    expect(page.get_by_role("heading", name="收据")).to_be_visible()
    page.get_by_text("收据全文").click()
    expect(page.locator("#receipt")).to_contain_text("c2sp.org/tlog-proof@v1")
    assert one.violations() == []
    # Every hash of the path counts, and so do the entry's own bytes, its place and the root.
    for change in (
        "line => /^[A-Za-z0-9+/]{43}=$/.test(line)",
        "line => line.startsWith('extra ')",
        "line => line.startsWith('index ')",
        "line => line.startsWith('ledger.example')",
    ):
        page = one.open("/entries/100")
        put(
            page,
            "(pre) => { const at = pre.textContent.split('\\n'), "
            f"n = at.findIndex({change});"
            "at[n] = at[n].replace(/.(?=.{2}$)/, (c) => (c === 'A' ? 'B' : c === '1' ? '2' : 'A'));"
            "pre.textContent = at.join('\\n'); }",
        )
        assert "不成立" in verified(page), change
    page = one.open("/entries/100")
    put(page, "(pre) => { pre.dataset.leaf = btoa('x'.repeat(32)); }")
    assert "不能证明" in verified(page), "the receipt of another entry"
    # A checkpoint that nobody signed with the keys on the page.
    page = one.open("/entries/100")
    put(
        page,
        "(pre) => { pre.textContent = pre.textContent.replace(/(\\u2014 \\S+ .{9})./g, '$1!'); }",
    )
    assert "不成立" in verified(page)
    page = one.open("/entries/100")
    put(page, "(pre) => { pre.dataset.keys = pre.dataset.keys.replace(/ledger/g, 'other'); }")
    assert "没有与所列公钥相符的签名" in verified(page)


def test_a_browser_that_cannot_tell_says_so(
    reader: Opener, shown: Installation, signer: Signer
) -> None:
    assert signer.origin
    page = reader(SUPERVISOR).open("/entries/100")
    page.evaluate(
        "() => { crypto.subtle.importKey = async () => { throw new Error('unknown'); }; }"
    )
    said = verified(page)
    assert HOLDS in said
    assert "签名未核验" in said
    page.evaluate(
        "() => { Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined }); }"
    )
    assert "此处不能核验" in verified(page)
