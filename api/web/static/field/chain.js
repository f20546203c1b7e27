// Each saved record holds the digest of the one saved before it on this device: one that is left out or changed
// later is missed. The record as the device saw it goes along as a piece of evidence (decision 0088).

import { get, know, fact, within } from "./store.js";

export const FORMAT = "dudao-field-record/1";

export async function digest(bytes) {
  const hashed = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hashed, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function device() {
  const known = await fact("device");
  if (known) return known;
  const made = crypto.randomUUID();
  await know("device", made);
  return made;
}

// Closes a draft: its body is final, its place in the chain is taken. Returns false if it was closed already.
export async function seal(key, data, around) {
  for (;;) {
    const record = await get("records", key);
    if (record?.state !== "draft") return false;
    const head = (await fact("chain")) ?? { sequence: 0, digest: null };
    const sequence = head.sequence + 1;
    const sealed = JSON.stringify({
      format: FORMAT, device_id: data.device_id, sequence, previous: head.digest,
      key, replaces: record.replaces ?? null, account: record.account,
      ...around, valid_from: record.form.day, data,
    });
    const sha256 = await digest(new TextEncoder().encode(sealed));
    const own = {
      sha256, media_type: "application/json", file_name: `device-record-${sequence}.json`, captured_at: data.captured_at,
    };
    const body = JSON.stringify({ ...data, evidence: [...data.evidence, own], valid_from: record.form.day });
    const closed = { ...record, state: "ready", body, sealed, sealed_sha256: sha256, sequence, uploaded: [], tries: 0, again_at: 0, saved_at: Date.now() };
    if (await take(closed, head, { sequence, digest: sha256 })) return true;
  }
}

// Puts the record in its place unless another one took it meanwhile.
async function take(record, before, after) {
  let taken = false;
  await within(["records", "facts"], (store) => {
    const asked = store("facts").get("chain");
    asked.onsuccess = () => {
      if ((asked.result?.value.digest ?? null) !== before.digest) return;
      taken = true;
      store("facts").put({ name: "chain", value: after });
      store("records").put(record);
    };
  });
  return taken;
}
