// Each saved record holds the digest of the one saved before it on this device: one that is left out or changed
// later is missed. The record as the device saw it goes along as a piece of evidence (decision 0088).

import { amend, uuid } from "./records.js";
import { fact, write } from "./store.js";

export async function digest(bytes) {
  const hashed = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hashed, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The name of this device, made once; two tabs that ask at the same time hear the same.
export const device = () => write(async (step) => {
  const made = (await step.get("facts", "device")) ?? { name: "device", value: uuid() };
  await step.put("facts", made);
  return made.value;
});

export const head = async () => (await fact("chain")) ?? { sequence: 0, digest: null };

// Closes a draft as it was seen: its body is final, its place in the chain is taken. Gives why it was not closed:
// "changed", or the names of photos whose bytes are not there; null where it was.
export async function seal(record, data, beside) {
  for (;;) {
    const before = await head();
    const sequence = before.sequence + 1;
    const sealed = JSON.stringify({
      format: "dudao-field-record/1", device_id: data.device_id, sequence, previous: before.digest,
      key: record.key, replaces: record.replaces ?? null, account: record.account,
      ...beside, valid_from: record.form.day, data,
    });
    const sha256 = await digest(new TextEncoder().encode(sealed));
    const own = {
      sha256, media_type: "application/json", file_name: `device-record-${sequence}.json`, captured_at: data.captured_at,
    };
    const body = JSON.stringify({ ...data, evidence: [...data.evidence, own], valid_from: record.form.day });
    const closed = {
      state: "ready", body, sealed, sealed_sha256: sha256, sequence, uploaded: [], tries: 0, again_at: 0, saved_at: Date.now(), run: null,
    };
    let overtaken, lost;
    const { taken } = await amend(record, () => closed, async (step, now) => {
      overtaken = ((await step.get("facts", "chain"))?.value.digest ?? null) !== before.digest;
      lost = [];
      for (const photo of now.photos) if (!(await step.get("pictures", [now.key, photo.sha256]))) lost.push(photo.file_name);
      if (overtaken || lost.length) return false;
      await step.put("facts", { name: "chain", value: { sequence, digest: sha256 } });
    });
    if (taken) return null;
    if (!overtaken) return lost?.length ? lost : "changed";
  }
}
