"""Signed notes and checkpoints: published vectors, and no changed byte passes."""

# ruff: noqa: E501 - notes have lines as long as their signatures

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proof.checkpoints import BadCheckpoint, Checkpoint, read_checkpoint
from proof.notes import (
    BadKey,
    BadNote,
    Kind,
    Note,
    PrivateKey,
    knows_mldsa,
    new_key,
    read_note,
    read_private_key,
    read_signatures,
    read_vkey,
    sign,
    verified,
)

# The example of C2SP signed-note, with the key that its text gives.
POEM = """Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
"""
# A log and a witness that other implementations of these formats accept.
LOG = read_vkey(
    "ledger.example.gov.cn/bj-zyjn/1+0f9d62ce+AZsfhHkc/HZjBFhU04netcqVRJ2HXydqg4QLBgqznPxx"
)
WITNESS = read_vkey(
    "witness.example.gov.cn/w1+49f4c17b+BLDvac9mmAMfo6UM3ZhuGEswRR4MUnSlB9TyBI0y+MK1"
)
COSIGNED = """ledger.example.gov.cn/bj-zyjn/1
1000
YBFxvMmbS6VeguVaXvc2f3c0zTz+j7j1JEXIgPgIAyY=

— ledger.example.gov.cn/bj-zyjn/1 D51izlZtnjKiB040CcOV2VauEwseAxKSDIzhv17tX/4HLraMq6ZdFqDu/oaLpMsD8ebmIvUQxhIZhAJnDFHJ22TUQgo=
— witness.example.gov.cn/w1 SfTBewAAAABpJIEA+zMbILn1V1CNaqmUigYnnGHtZW8+856Gvo2IDat1Y7sqKK1lR9kYFzYb7i26dZQKSoiNV4oJi9hWVLZGMs23CQ==
"""
AT = 1_764_000_000
SEED = bytes(range(32))
CHECKPOINT = Checkpoint("log.example/1", 7, bytes(32))


def test_a_text_with_empty_lines_ends_at_the_last_of_them():
    note = read_note(POEM.encode())
    assert note.text.endswith("raggio di sole:\n\ned è subito sera.\n")
    assert [each.name for each in note.signatures] == ["quasimodo.example/salvatore"]
    assert note.written() == POEM.encode()


def test_a_cosigned_checkpoint_is_verified_and_says_when():
    note = read_note(COSIGNED.encode())
    assert read_checkpoint(note.text) == Checkpoint(
        "ledger.example.gov.cn/bj-zyjn/1",
        1000,
        base64.b64decode("YBFxvMmbS6VeguVaXvc2f3c0zTz+j7j1JEXIgPgIAyY="),
    )
    assert [(each.key, each.at) for each in verified(note, [LOG, WITNESS])] == [
        (LOG, None),
        (WITNESS, AT),
    ]
    assert verified(note, [LOG])[0].key.vkey == LOG.vkey


@given(at=st.integers(0, 2 * len(COSIGNED.encode())), bit=st.integers(0, 7))
def test_no_changed_bit_of_a_note_passes(at: int, bit: int):
    content = bytearray(COSIGNED.encode())
    content[at % len(content)] ^= 1 << bit
    try:
        held = verified(read_note(bytes(content)), [LOG, WITNESS])
    except BadNote:
        return
    # What was changed made a signature one of an unknown key; whoever is left signed the old text.
    assert len(held) < 2
    assert all(each.key in {LOG, WITNESS} for each in held)
    assert not held or read_note(bytes(content)).text == read_note(COSIGNED.encode()).text


KINDS = [Kind.ED25519, Kind.ED25519_COSIGNATURE, Kind.MLDSA44_COSIGNATURE]


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_key_signs_its_public_half_verifies(kind: Kind):
    key = new_key("log.example/1", kind)
    note = read_note(sign(CHECKPOINT, [key], AT).written())
    assert [each.at for each in verified(note, [key.public])] == [
        None if kind is Kind.ED25519 else AT
    ]
    assert read_vkey(key.public.vkey) == key.public
    assert read_private_key(key.written() + "\n") == key


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "text",
    [
        "log.example/2\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "log.example/1\n8\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "log.example/1\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=\n",
    ],
)
def test_a_signature_holds_for_its_own_text_alone(kind: Kind, text: str):
    key = new_key("log.example/1", kind)
    signatures = sign(CHECKPOINT, [key], AT).signatures
    with pytest.raises(BadNote):
        verified(Note(text, signatures), [key.public])


def test_a_post_quantum_signature_holds_for_its_own_name_alone():
    key = PrivateKey("witness.example/1", Kind.MLDSA44_COSIGNATURE, SEED)
    content = key.sign(CHECKPOINT.text(), AT).content
    other = PrivateKey("witness.example/2", Kind.MLDSA44_COSIGNATURE, SEED).public
    with pytest.raises(BadNote):
        other.verify(CHECKPOINT.text(), content)
    assert knows_mldsa()


def test_a_key_is_named_by_the_first_bytes_of_its_digest():
    assert LOG.key_id.hex() == "0f9d62ce"
    assert WITNESS.key_id.hex() == "49f4c17b"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+00000000+AQ==",
        LOG.vkey.replace("+0f9d62ce+", "+0f9d62cf+"),
        LOG.vkey.replace("bj-zyjn/1", "bj-zyjn/2"),
        LOG.vkey[:-4],
        LOG.vkey.replace("ledger.", "led ger."),
        "x+00000000+" + base64.b64encode(bytes([2]) + bytes(32)).decode(),
    ],
)
def test_what_is_no_key_is_refused(text: str):
    with pytest.raises(BadKey):
        read_vkey(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b", "a\nb"])
def test_names_have_no_spaces_and_no_plus(name: str):
    with pytest.raises(BadKey):
        new_key(name, Kind.ED25519)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text\n\nline\n",
        b"text\n\n- a AAAAAAA=\n",
        "text\n\n— a AAAA\n".encode(),
        "text\n\n— a AAAAAAB=\n".encode(),
        "text\n\n— a AAAAAAA=".encode(),
        "text\r\n\n— a AAAAAAA=\n".encode(),
        b"\xff\n\n",
        b"text\n\n" + "— a AAAAAAA=\n".encode() * 41,
        b"x" * 200_001,
    ],
)
def test_what_is_no_note_is_refused(content: bytes):
    with pytest.raises(BadNote):
        read_note(content)


def test_sixteen_signatures_are_taken():
    assert len(read_signatures("— a AAAAAAA=\n" * 16)) == 16


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        "a\n1\nAAAA\n",
        "a\n01\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "a\n-1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "a\n٣\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "a\n99999999999999999999\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "a\n\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "a\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str):
    with pytest.raises(BadCheckpoint):
        read_checkpoint(text)


def test_extension_lines_are_allowed_and_signed():
    text = CHECKPOINT.text() + "extension\n"
    assert read_checkpoint(text) == CHECKPOINT
