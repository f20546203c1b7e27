"""A policy says whom one believes; what is no policy is refused with its line."""

import pytest

from proof.checkpoints import Checkpoint
from proof.notes import BadNote, Kind, Note, PrivateKey, sign
from proof.policy import BadPolicy, read_policy, trust

AT = 1_764_000_000
CHECKPOINT = Checkpoint("log.example/1", 7, bytes(32))


def key(name: str, kind: Kind, number: int) -> PrivateKey:
    return PrivateKey(name, kind, bytes([number]) * 32)


LOG = key("log.example/1", Kind.ED25519, 1)
WITNESSES = [key(f"w.example/{n}", Kind.ED25519_COSIGNATURE, n) for n in (2, 3)] + [
    key("w.example/4", Kind.MLDSA44_COSIGNATURE, 4)
]
NAMED = "".join(
    f"witness w{n} {each.public.vkey} http://127.0.0.1:{n}\n" for n, each in enumerate(WITNESSES, 1)
)
TWO_OF_THREE = f"""# whom we believe
log {LOG.public.vkey}

{NAMED}group offices\t2   w1 w2 w3
quorum offices
"""


def test_two_of_three_are_enough_and_one_is_not():
    policy = read_policy(TWO_OF_THREE)
    whole = sign(CHECKPOINT, [LOG, *WITNESSES], AT)
    assert trust(policy, whole).met
    assert trust(policy, whole).cosigned == {"w1": AT, "w2": AT, "w3": AT}
    for count, met in ((0, False), (1, False), (2, True)):
        some = sign(CHECKPOINT, [LOG, *WITNESSES[:count]], AT)
        assert trust(policy, some).met is met
    assert not trust(policy, sign(CHECKPOINT, WITNESSES, AT)).met, "no log has signed"


def test_one_witness_counts_once_however_often_it_signs():
    policy = read_policy(TWO_OF_THREE)
    lines = sign(CHECKPOINT, [LOG, WITNESSES[0]], AT).signatures
    again = sign(CHECKPOINT, [WITNESSES[0]], AT + 9).signatures
    found = trust(policy, Note(CHECKPOINT.text(), (*lines, *again)))
    assert not found.met
    assert found.cosigned == {"w1": AT + 9}


def test_a_wrong_signature_of_a_known_witness_spoils_the_note():
    policy = read_policy(TWO_OF_THREE)
    other = Checkpoint("log.example/1", 8, bytes(32))
    wrong = sign(other, [WITNESSES[0]], AT).signatures
    right = sign(CHECKPOINT, [LOG, *WITNESSES], AT).signatures
    with pytest.raises(BadNote):
        trust(policy, Note(CHECKPOINT.text(), (*right, *wrong)))


def test_groups_have_groups_for_members():
    policy = read_policy(
        f"log {LOG.public.vkey}\n{NAMED}group a any w1 w2\ngroup b all a w3\nquorum b\n"
    )
    assert not policy.met(frozenset({"w1", "w2"}))
    assert policy.met(frozenset({"w2", "w3"}))


def test_no_witness_is_needed_where_the_policy_says_so():
    policy = read_policy(f"log {LOG.public.vkey}\nquorum none\n")
    assert trust(policy, sign(CHECKPOINT, [LOG], AT)).met


@pytest.mark.parametrize(
    "text",
    [
        "",
        "log x\nquorum none\n",
        f"log {LOG.public.vkey}\n",
        "quorum none\nquorum none\n",
        "quorum nobody\n",
        f"log {LOG.public.vkey}\nlog {LOG.public.vkey}\nquorum none\n",
        f"log {WITNESSES[0].public.vkey}\nquorum none\n",
        f"witness none {WITNESSES[0].public.vkey}\nquorum none\n",
        f"witness a {LOG.public.vkey}\nquorum none\n",
        f"witness a {WITNESSES[0].public.vkey}\nwitness b {WITNESSES[0].public.vkey}\nquorum none\n",
        f"{NAMED}group g 4 w1 w2 w3\nquorum g\n",
        f"{NAMED}group g 0 w1\nquorum g\n",
        f"{NAMED}group g any\nquorum g\n",
        f"{NAMED}group g x w1\nquorum g\n",
        f"{NAMED}group g any w1\ngroup h any w1\nquorum g\n",
        f"{NAMED}group g any h\ngroup h any w1\nquorum g\n",
        "trust me\nquorum none\n",
    ],
)
def test_what_is_no_policy_is_refused(text: str):
    with pytest.raises(BadPolicy):
        read_policy(text)
