// What receipts and bundles rest on: SHA-256, the tree of RFC 9162, signed notes.
export const encoded = (text) => new TextEncoder().encode(text);
export const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
export const hex = (content) => Array.from(content, (byte) => byte.toString(16).padStart(2, "0")).join("");

export const sha256 = async (...parts) => {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
};

// RFC 9162 2.1.3.2: the root that the path leads to, null where it leads nowhere. BigInt: a shift of a
// number would cut it at 32 bits.
export const rootOf = async (index, size, leaf, path) => {
  let [node, last, found] = [BigInt(index), BigInt(size) - 1n, leaf];
  if (node > last) return null;
  for (const sibling of path) {
    if (last === 0n) return null;
    const right = node % 2n === 1n || node === last;
    found = right ? await sha256([1], sibling, found) : await sha256([1], found, sibling);
    while (right && node > 0n && node % 2n === 0n) [node, last] = [node / 2n, last / 2n];
    [node, last] = [node / 2n, last / 2n];
  }
  return last === 0n ? found : null;
};

// Whether an Ed25519 key of the log has signed; null where this browser cannot tell.
export const isSigned = async (text, signatures, keys) => {
  let signed = false;
  for (const line of keys) {
    const [, name, id, key] = line.match(/^([^+]+)\+([0-9a-f]{8})\+(.+)$/);
    const content = bytes(key);
    if (content[0] !== 1) continue;
    for (const each of signatures) {
      const [, other, encodedSignature] = each.split(" ");
      const signature = bytes(encodedSignature);
      if (other !== name || hex(signature.slice(0, 4)) !== id) continue;
      let holds;
      try {
        const known = await crypto.subtle.importKey("raw", content.slice(1), "Ed25519", false, ["verify"]);
        holds = await crypto.subtle.verify("Ed25519", known, signature.slice(4), encoded(text));
      } catch {
        return null;
      }
      if (!holds) return false;
      signed = true;
    }
  }
  return signed;
};
