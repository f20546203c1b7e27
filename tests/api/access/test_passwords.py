"""Which passwords are taken, and how they are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.access import passwords
from api.access.passwords import common_words, require_good, verify, what_is_own
from domain.terms.decider import Refused


@pytest.mark.parametrize(
    "good",
    [
        "copper lantern quiet",
        "839201748362",
        "昆明湖上有十七孔桥一座",
        "correct-horse-battery-staple",
        "x9$Kd02!mQz7",
        "Dudao copper lantern",
    ],
)
def test_long_and_unusual_is_good(good: str) -> None:
    assert len(good) >= 11
    require_good(good if len(good) >= 12 else good + "·", "wang")


@pytest.mark.parametrize("short", ["", "abc", "copperlante", "十一个字符的密码还是短"])
def test_short_is_refused(short: str) -> None:
    with pytest.raises(Refused) as raised:
        require_good(short, "wang")
    assert raised.value.code == "password-short"
    assert raised.value.field == "password"


@pytest.mark.parametrize(
    "common",
    [
        "password1234",
        "P@ssw0rd2026",
        "Dudao-2026-abc!",
        "qwertyuiop[]",
        "aaaaaaaaaaaaaaaa",
        "123456789012345",
        "abcdefghijklmnop",
        "督导督导督导督导督导督导",
        "北京市海淀区督导员密码",
        "admin-admin-admin",
        "haidian@beijing2026",
        "1qaz2wsx3edc4rfv",
    ],
)
def test_what_everybody_tries_is_refused(common: str) -> None:
    with pytest.raises(Refused) as raised:
        require_good(common.ljust(12, "!"), "wang")
    assert raised.value.code == "password-common"


def test_the_own_name_does_not_count() -> None:
    with pytest.raises(Refused):
        require_good("zhang.wei-2026-zhang", "zhang.wei")
    require_good("zhang.wei-2026-zhang", "somebody")


@pytest.mark.parametrize(
    ("password", "taken"),
    [
        ("copper lantern quiet", False),
        ("copperlanternquiet", False),
        ("Copperlanternquiet", False),
        ("Copper lantern quiet", True),
        ("copper lantern 4 quiet", True),
        ("昆明湖上有十七孔桥一座不远", False),
        ("昆明湖上有十七孔桥一座 17 Kx", True),
        ("X9$KD02!MQZ7", True),
    ],
)
def test_a_composed_password_has_three_of_four_kinds(password: str, *, taken: bool) -> None:
    require_good(password, "wang")
    if taken:
        require_good(password, "wang", composed=True)
        return
    with pytest.raises(Refused) as raised:
        require_good(password, "wang", composed=True)
    assert raised.value.code == "password-plain"


def test_no_refusal_repeats_the_password() -> None:
    for secret in ("hunter2secret"[:9], "password-hunt2", "x" * 300):
        with pytest.raises(Refused) as raised:
            require_good(secret, "wang")
        assert secret not in f"{raised.value.zh}{raised.value.en}"


def test_it_is_kept_as_argon2id_with_the_parameters_of_owasp() -> None:
    assert passwords.hashed("copper lantern").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not passwords.outdated(passwords.hashed("copper lantern"))
    assert passwords.outdated(
        "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$Dh3cZ7A4eKW0vxDsA6cFZvGPrJZ4lcg8u/uo0DmeYL4"
    )


def test_one_password_however_the_keyboard_writes_it() -> None:
    kept = passwords.hashed("caf\u00e9 lantern 2")
    assert verify(kept, "cafe\u0301 lantern 2")
    assert verify(kept, "caf\u00e9 lantern \uff12")
    assert not verify(kept, "cafe lantern 2")


def test_where_nothing_is_kept_the_same_work_is_done_and_nothing_agrees() -> None:
    assert not passwords.outdated(passwords.decoy())
    assert not verify(None, "nobody's password")
    assert not verify("damaged", "copper lantern")


def test_the_list_holds_the_words_of_the_product_and_its_city() -> None:
    assert {"dudao", "beijing", "haidian", "督导", "密码", "password"} <= set(common_words())


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60), st.text(max_size=20))
def test_what_is_left_is_never_longer_than_what_was_given(password: str, account: str) -> None:
    assert len(what_is_own(password, account)) <= len(password.casefold())
