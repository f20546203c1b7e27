#!/usr/bin/env python3
"""Verify an evidence bundle of Dudao without Dudao: Python 3.11 and the package `cryptography` alone.

    python verify.py BUNDLE [--policy FILE] [--maker VKEY]

FILE is a policy as c2sp.org/tlog-policy says, got from those who run the log and its witnesses, not
from the bundle. Without it the keys in the bundle are taken: then it is shown that nothing was
changed since, but not by whom it was signed. Exit status: 0 all of it holds, 1 it does not.
"""

import argparse
import base64
import json
import struct
import sys
import zipfile
import zlib
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMATS, MAP = ("dudao/bundle/v1", "dudao/bundle/v2"), "dudao/subject/v1"
AROUND = ("type roster.roster-published/", "type catalogue.catalogue-adopted/")
MOST_BYTES = 4 * 1024**3
ED25519, COSIGNATURE, MLDSA44 = 1, 4, 6
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, struct.error)


def need(holds, what):
    """Stop where something does not hold."""
    if not holds:
        raise ValueError(what)


def decoded(text):
    """Return what stands in Base64, in its only canonical spelling."""
    content = base64.b64decode(text, validate=True)
    need(base64.b64encode(content).decode() == text, "Base64 in another spelling")
    return content


def read_vkey(text):
    """Return (name, key id, kind, key) of a verifier key."""
    name, key_id, rest = text.split("+", 2)
    content = decoded(rest)
    found = sha256(name.encode() + b"\n" + content).digest()[:4]
    need(found.hex() == key_id, f"the key {name} was changed")
    need(content[0] in {ED25519, COSIGNATURE, MLDSA44}, f"{name}: a key of another kind")
    return name, found, content[0], content[1:]


def read_note(content):
    """Return the text and the signatures (name, key id, signature) of a note."""
    whole = content.decode()
    need(not any(c < " " and c != "\n" for c in whole), "a control character in a note")
    text, line, tail = whole.rpartition("\n\n")
    need(line and tail.endswith("\n"), "not a signed note")
    signatures = []
    for each in tail[:-1].split("\n"):
        dash, name, encoded = each.split(" ")
        need(dash == "\u2014", "not a signature line")
        signature = decoded(encoded)
        signatures.append((name, signature[:4], signature[4:]))
    return text + "\n", signatures


def signed(note, key):
    """Return when the key has signed the note, 0 where its kind tells no time, None where it has not."""
    (text, signatures), (name, key_id, kind, public), latest = note, key, None
    for content in [each for *who, each in signatures if who == [name, key_id]]:
        (at,) = (0,) if kind == ED25519 else struct.unpack(">Q", content[:8])
        signature = content if kind == ED25519 else content[8:]
        head = f"cosignature/v1\ntime {at}\n" if kind == COSIGNATURE else ""
        try:
            if kind == MLDSA44:
                from cryptography.hazmat.primitives.asymmetric import mldsa  # noqa: PLC0415

                origin, size, root = text.split("\n")[:3]
                message = b"subtree/v1\n\0" + bytes([len(name.encode())]) + name.encode()
                message += struct.pack(">Q", at) + bytes([len(origin.encode())]) + origin.encode()
                message += struct.pack(">QQ", 0, int(size)) + decoded(root)
                mldsa.MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
            else:
                Ed25519PublicKey.from_public_bytes(public).verify(signature, (head + text).encode())
        except (InvalidSignature, ValueError):
            raise ValueError(f"the signature of {name} does not hold") from None
        latest = max(at, latest or 0)
    return latest


def believed(note, policy):
    """Check a checkpoint against a policy; return who cosigned, by name, and when."""
    logs, agrees, cosigned, quorum = set(), {}, {}, None
    lines = [line.split() for line in policy.split("\n") if line.strip()[:1] not in {"", "#"}]
    for kind, name, *rest in lines:
        need(kind == "quorum" or name not in {"none", *agrees}, f"{name}: a name twice")
        if kind == "log":
            key = read_vkey(name)
            logs |= set() if signed(note, key) is None else {key[0]}
        elif kind == "witness":
            at = signed(note, read_vkey(rest[0]))
            agrees[name] = at is not None
            cosigned |= {} if at is None else {name: at}
        elif kind == "group":
            needed = {"any": 1, "all": len(rest) - 1}.get(rest[0]) or int(rest[0])
            need(1 <= needed < len(rest), f"{name}: a group of the wrong size")
            agrees[name] = sum(agrees[each] for each in rest[1:]) >= needed
        else:
            need(kind == "quorum" and quorum is None, "not a policy")
            quorum = name
    need(logs == {note[0].split("\n")[0]}, "no log of the policy has signed, or another one")
    need(quorum == "none" or agrees[quorum], "too few witnesses have cosigned")
    return cosigned


def root_of(index, size, leaf, path):
    """Return the root that a path leads to from a leaf, None where it leads nowhere (RFC 9162 §2.1.3.2)."""
    found, last = leaf, size - 1 if 0 <= index < size else -1
    for sibling in path:
        if last <= 0:
            return None
        right = index & 1 or index == last
        found = sha256(b"\1" + (sibling + found if right else found + sibling)).digest()
        while right and index and not index & 1:
            index, last = index >> 1, last >> 1
        index, last = index >> 1, last >> 1
    return found if last == 0 else None


def once(pairs):
    """Refuse JSON in which a name stands twice."""
    need(len(dict(pairs)) == len(pairs), "JSON with a name twice")
    return dict(pairs)


def proved(archive, position, names, tree):
    """Return the lines of an entry that is in the tree that was signed, and what is behind them."""
    entry, proof = map(archive.read, names)
    first, index, *path = proof.decode()[:-2].split("\n")
    head = ["c2sp.org/tlog-proof@v1", f"index {position - 1}"]
    need([first, index] == head, f"entry {position}: not its proof")
    leaf, (size, root) = sha256(b"\0" + entry).digest(), tree
    found = root_of(position - 1, size, leaf, map(decoded, path))
    need(found == root, f"entry {position} is not in the tree that was signed")
    head, _, rest = entry.partition(b"\n\n")
    return head.decode().split("\n"), rest


def in_map(shown, which, day, none):
    """Return name, number and value of a subject in the map of a closed day; `none` if it is not shown."""
    if (place := shown.get(which)) is None:
        return none
    text = f"{MAP}\nsubject {place['subject']}\nvalue {place['value']}\n".encode()
    leaf, path = sha256(b"\0" + text).digest(), map(bytes.fromhex, place["path"])
    found = root_of(place["number"], day["subjects"], leaf, path)
    need(found == bytes.fromhex(day["root"]), "not in the map of the day")
    return place["subject"], place["number"], place["value"]


def complete(archive, closing, subject, positions):
    """Check that up to a closed day no entry about the subject is missing; say up to when."""
    need("type day.day-closed/1" in closing[0], "an entry that closes no day")
    day = json.loads(closing[1][:-16], object_pairs_hook=once)["data"]
    shown = json.loads(archive.read("closing/subject.json"), object_pairs_hook=once)
    held = [each for each in positions if each <= day["upto"]]
    name, _, value = in_map(shown, "place", day, (None, 0, ""))
    if name is None:
        before = in_map(shown, "before", day, ("", -1))
        after = in_map(shown, "after", day, ("\U0010ffff", day["subjects"]))
        need(before[0] < subject < after[0] and before[1] + 1 == after[1], "no gap in the map")
        need(not held and (day["subjects"] or day["root"] == sha256().hexdigest()), "no such map")
    else:
        need(name == subject and held, "the map shows another subject, or one without entries")
        listed = sha256("".join(f"{each}\n" for each in held).encode()).hexdigest()
        salt, standing = archive.read(f"entries/{held[-1]}")[-16:], shown["written"].split("\n")[3]
        text = f"entries {len(held)}\nlast {held[-1]}\npositions {listed}\n{standing}\n"
        text += f"blind {sha256(f'{MAP}{chr(0)}'.encode() + salt).hexdigest()}\n"
        fits = sha256(text.encode()).hexdigest() == value
        need(fits, f"by {day['day']} there were other entries about {subject}")
    return f"by {day['day']} (up to position {day['upto']}) these {len(held)} entries were all"


def check(archive, policy, maker):
    """Check all of a bundle; return lines that say what it proves."""
    names = archive.namelist()
    need(len(set(names)) == len(names), "two members of one name")
    need(sum(each.file_size for each in archive.infolist()) <= MOST_BYTES, "too much content")
    content = archive.read("manifest.json")
    manifest = json.loads(content, object_pairs_hook=once)
    origin, subject, size = manifest["origin"], manifest["subject"], manifest["size"]
    # Who made the bundle: the papers beside the entries rest on this.
    note = read_note(archive.read("manifest.sig"))
    key = read_vkey(maker or archive.read("keys/maker").decode().strip())
    text = f"{manifest['format']}\n{origin}\n{sha256(content).hexdigest()}\n"
    need(manifest["format"] in FORMATS and key[0] == f"{origin}/bundle", "made by somebody else")
    need(note[0] == text and signed(note, key) is not None, "manifest.json: changed")
    files = manifest["files"]
    need(set(files) == set(names) - {"manifest.json", "manifest.sig"}, "other members than named")
    for name, stated in files.items():
        need(sha256(archive.read(name)).hexdigest() == stated, f"{name}: changed")
        own = name.startswith(("evidence/", "catalogues/"))
        need(not own or name.split("/")[1][:64] == stated, f"{name}: another file")
    # What was signed.
    note = read_note(archive.read("checkpoint"))
    tree = size, bytes.fromhex(manifest["root"])
    text = f"{origin}\n{size}\n{base64.b64encode(tree[1]).decode()}\n"
    need(note[0] == text, "another checkpoint")
    cosigned = believed(note, policy or archive.read("keys/policy").decode())
    # Every entry, those around them (publications, catalogues), and the evidence that they name.
    positions, around, named = manifest["entries"], manifest.get("context", []), set()
    all_of_them = (positions, "entries", "proofs"), (around, "context", "context-proofs")
    for numbers, *folders in all_of_them:
        members = {f"{folder}/{number}" for folder in folders for number in numbers}
        found = {name for name in names if name.split("/")[0] in folders}
        need(members == found and numbers == sorted(set(numbers)), f"{folders[0]}: others")
        for number in numbers:
            head, _ = proved(archive, number, [f"{each}/{number}" for each in folders], tree)
            own = AROUND if numbers is around else (f"subject {subject}\n",)
            need(any(f"{line}\n".startswith(own) for line in head), f"entry {number}: of another")
            named |= {line[13:] for line in head if line.startswith("tag evidence:")}
    held = {name[9:73] for name in names if name.startswith("evidence/")}
    missing = set(manifest["evidence_missing"])
    need(named == held | missing and not held & missing, "other evidence than the entries name")
    yield f"{len(positions)} entries about {subject} are in the log {origin} of {size}"
    yield f"evidence: {len(held)} files are what the entries name, {len(missing)} never arrived"
    if closing := manifest.get("closing"):
        entry = proved(archive, closing, ["closing/entry", "closing/proof"], tree)
        yield complete(archive, entry, subject, positions)
    else:
        need("closing/entry" not in names, "a closed day that is not named")
        yield "that no entry about the subject is missing is not shown"
    yield from (f"cosigned by {name} at {at} (seconds since 1970)" for name, at in cosigned.items())
    if policy is None:
        yield "the keys came from the bundle itself: compare them, or give --policy"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Verify an evidence bundle.")
    for option in ("bundle", "--policy", "--maker"):
        parser.add_argument(option)
    given = parser.parse_args()
    believing = Path(given.policy).read_text("utf-8") if given.policy else None
    try:
        with zipfile.ZipFile(given.bundle) as opened:
            print(*check(opened, believing, given.maker), sep="\n")
    except (ValueError, LookupError, TypeError, AttributeError, RuntimeError, *BROKEN) as error:
        sys.exit(f"DOES NOT HOLD: {error}")
