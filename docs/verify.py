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

FORMAT = "dudao/bundle/v1"
MOST_BYTES = 4 * 1024**3
ED25519, COSIGNATURE, MLDSA44 = 1, 4, 6


class Bad(Exception):
    """Something does not hold."""


def need(holds, what):
    """Stop where something does not hold."""
    if not holds:
        raise Bad(what)


def decoded(text):
    """Return what stands in Base64, in its only canonical spelling."""
    content = base64.b64decode(text, validate=True)
    need(base64.b64encode(content).decode() == text, "Base64 in another spelling")
    return content


# --- keys and signed notes (c2sp.org/signed-note, c2sp.org/tlog-cosignature)


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
    text, signatures = note
    name, key_id, kind, public = key
    latest = None
    for other, other_id, content in signatures:
        if (other, other_id) != (name, key_id):
            continue
        at, signature = 0, content
        if kind != ED25519:
            (at,), signature = struct.unpack(">Q", content[:8]), content[8:]
        try:
            if kind == MLDSA44:
                verify_mldsa(public, name, at, text, signature)
            else:
                head = f"cosignature/v1\ntime {at}\n" if kind == COSIGNATURE else ""
                Ed25519PublicKey.from_public_bytes(public).verify(signature, (head + text).encode())
        except (InvalidSignature, ValueError):
            raise Bad(f"the signature of {name} does not hold") from None
        latest = max(at, latest or 0)
    return latest


def verify_mldsa(public, name, at, text, signature):
    """Verify an ML-DSA-44 cosignature of a checkpoint."""
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey  # noqa: PLC0415

    origin, size, root = text.split("\n")[:3]
    name, origin = name.encode(), origin.encode()
    message = b"subtree/v1\n\0" + bytes([len(name)]) + name + struct.pack(">Q", at)
    message += bytes([len(origin)]) + origin + struct.pack(">QQ", 0, int(size)) + decoded(root)
    MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)


def believed(note, policy):
    """Check a checkpoint against a policy; return who cosigned, by name, and when."""
    logs, witnesses, groups, quorum = [], {}, {}, None
    for line in policy.split("\n"):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "log":
            logs.append(read_vkey(words[1]))
        elif words[0] == "witness":
            need(words[1] not in {"none", *witnesses, *groups}, f"{words[1]}: a name twice")
            witnesses[words[1]] = read_vkey(words[2])
        elif words[0] == "group":
            _, name, number, *members = words
            need(name not in {"none", *witnesses, *groups}, f"{name}: a name twice")
            needed = {"any": 1, "all": len(members)}.get(number) or int(number)
            need(1 <= needed <= len(members), f"{name}: a group of the wrong size")
            need(set(members) <= {*witnesses, *groups}, f"{name}: members that are not there")
            groups[name] = (needed, members)
        else:
            need(words[0] == "quorum" and quorum is None, "not a policy")
            quorum = words[1]
    origin = note[0].split("\n")[0]
    for key in logs:
        need(signed(note, key) is None or key[0] == origin, "a log of another name has signed")
    need(any(signed(note, key) is not None for key in logs), "no log of the policy has signed")
    cosigned = {name: signed(note, key) for name, key in witnesses.items()}
    cosigned = {name: at for name, at in cosigned.items() if at is not None}

    def agrees(name):
        if name in witnesses:
            return name in cosigned
        needed, members = groups[name]
        return sum(map(agrees, members)) >= needed

    need(quorum == "none" or agrees(quorum), "too few witnesses have cosigned")
    return cosigned


# --- the tree (RFC 6962 §2.1, RFC 9162 §2.1.3.2)


def root_of(index, size, entry, path):
    """Return the root that a path leads to from an entry, None where it leads nowhere."""
    found, node, last = sha256(b"\0" + entry).digest(), index, size - 1
    for sibling in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            found = sha256(b"\1" + sibling + found).digest()
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            found = sha256(b"\1" + found + sibling).digest()
        node, last = node >> 1, last >> 1
    return found if index < size and last == 0 else None


# --- the bundle


def once(pairs):
    """Refuse JSON in which a name stands twice."""
    need(len(dict(pairs)) == len(pairs), "manifest.json: a name twice")
    return dict(pairs)


def check(archive, policy, maker):
    """Check all of a bundle; return lines that say what it proves."""
    names = archive.namelist()
    need(len(set(names)) == len(names), "two members of one name")
    need(sum(each.file_size for each in archive.infolist()) <= MOST_BYTES, "too much content")
    content = archive.read("manifest.json")
    manifest = json.loads(content, object_pairs_hook=once)
    need(manifest["format"] == FORMAT, "another format")
    origin, subject = manifest["origin"], manifest["subject"]
    # Who made the bundle: the papers beside the entries rest on this.
    note = read_note(archive.read("manifest.sig"))
    key = read_vkey(maker or archive.read("keys/maker").decode().strip())
    text = f"{FORMAT}\n{origin}\n{sha256(content).hexdigest()}\n"
    need(key[0] == f"{origin}/bundle", "made by somebody else")
    need(note[0] == text and signed(note, key) is not None, "manifest.json: changed")
    files = manifest["files"]
    need(
        set(files) == set(names) - {"manifest.json", "manifest.sig"}, "a member too many or too few"
    )
    for name, stated in files.items():
        need(sha256(archive.read(name)).hexdigest() == stated, f"{name}: changed")
        need(not name.startswith("evidence/") or name[9:73] == stated, f"{name}: other evidence")
    # What was signed.
    note = read_note(archive.read("checkpoint"))
    lines = note[0].split("\n")
    need(lines[:2] == [origin, str(manifest["size"])], "another checkpoint")
    root = decoded(lines[2])
    need(root.hex() == manifest["root"], "another checkpoint")
    cosigned = believed(note, policy or archive.read("keys/policy").decode())
    # Every entry, and the evidence that the entries name.
    positions, named = manifest["entries"], set()
    need(positions == sorted(set(positions)), "entries twice, or out of order")
    for folder in ("entries", "proofs"):
        found = {name for name in names if name.startswith(f"{folder}/")}
        need(found == {f"{folder}/{position}" for position in positions}, f"{folder}: others")
    for position in positions:
        entry = archive.read(f"entries/{position}")
        first, index, *path = archive.read(f"proofs/{position}").decode()[:-2].split("\n")
        need(first == "c2sp.org/tlog-proof@v1", f"entry {position}: not a proof")
        need(index == f"index {position - 1}", f"entry {position}: the proof of another")
        found = root_of(position - 1, manifest["size"], entry, [decoded(each) for each in path])
        need(found == root, f"entry {position} is not in the tree that was signed")
        head = entry.partition(b"\n\n")[0].decode().split("\n")
        need(f"subject {subject}" in head, f"entry {position} is not about {subject}")
        named |= {line[13:] for line in head if line.startswith("tag evidence:")}
    held = {name[9:73] for name in names if name.startswith("evidence/")}
    missing = set(manifest["evidence_missing"])
    need(named == held | missing and not held & missing, "other evidence than the entries name")
    yield f"{len(positions)} entries about {subject} are in the log {origin} of {manifest['size']}"
    yield f"evidence: {len(held)} files are what the entries name, {len(missing)} never arrived"
    yield from (f"cosigned by {name} at {at} (seconds since 1970)" for name, at in cosigned.items())
    if policy is None:
        yield "the keys came from the bundle itself: compare them, or give --policy"


def main():
    """Check the bundle that is named."""
    parser = argparse.ArgumentParser(description="Verify an evidence bundle.")
    parser.add_argument("bundle")
    parser.add_argument("--policy")
    parser.add_argument("--maker")
    given = parser.parse_args()
    policy = Path(given.policy).read_text("utf-8") if given.policy else None
    try:
        with zipfile.ZipFile(given.bundle) as archive:
            print(*check(archive, policy, given.maker), sep="\n")
    except (Bad, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        sys.exit(f"DOES NOT HOLD: {error}")
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError) as error:
        sys.exit(f"DOES NOT HOLD: not a bundle: {error}")


if __name__ == "__main__":
    main()
