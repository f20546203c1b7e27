// Sends what waits. The key of a record is made once and is its Idempotency-Key for ever, its body never changes:
// however often it is sent, the ledger holds it once.

import { all, get, put, tidy } from "./store.js";

const PATIENCE = 60_000;
const SLOWEST = 16; // bytes in a millisecond
const LONGEST_WAIT = 300_000;
const LATER = new Set([401, 408, 425, 429]);
const TROUBLES = { 401: "signed-out", 429: "too-many" };

const headers = (record) => ({ "Dudao-Account": encodeURIComponent(record.account) });

function send(address, options) {
  const patience = PATIENCE + (options.body.size ?? options.body.length) / SLOWEST;
  return fetch(address, { redirect: "error", cache: "no-store", signal: AbortSignal.timeout?.(patience), ...options });
}

function ask(record) {
  return send("/v1/commands/SpotCheckRecorded", {
    method: "POST", body: record.body,
    headers: { ...headers(record), "Content-Type": "application/json", "Idempotency-Key": record.key },
  });
}

async function* files(record) {
  for (const { sha256 } of record.photos) {
    const photo = await get("photos", sha256);
    if (photo) yield { sha256, media_type: photo.media_type, bytes: photo.blob };
  }
  yield { sha256: record.sealed_sha256, media_type: "application/json", bytes: record.sealed };
}

// Gives the first answer that is not good, or the last one.
async function deliver(record) {
  for await (const { sha256, media_type, bytes } of files(record)) {
    if (record.uploaded.includes(sha256)) continue;
    const answer = await send(`/v1/evidence/${sha256}`, {
      method: "PUT", body: bytes, headers: { ...headers(record), "Content-Type": media_type },
    });
    if (!answer.ok) return answer;
    record.uploaded.push(sha256);
    await put("records", record);
  }
  return ask(record);
}

// A receipt names the entry. Anything else that says 200 (the page of a hotel's network) is none.
async function receiptIn(answer) {
  if (!answer.ok) return null;
  const said = await answer.json().catch(() => null);
  return Number.isInteger(said?.position) ? said : null;
}

async function problemIn(answer) {
  const said = await answer.json().catch(() => null);
  return { status: answer.status, type: said?.type, detail: said?.detail ?? answer.statusText, errors: said?.errors ?? [], rule: said?.rule };
}

async function later(record, trouble, answer) {
  const wait = Math.min(LONGEST_WAIT, 5_000 * 2 ** record.tries) * (0.8 + Math.random() * 0.4);
  const told = Number(answer?.headers.get("Retry-After")) * 1000 || 0;
  await put("records", { ...record, tries: record.tries + 1, again_at: Date.now() + Math.max(wait, told), trouble });
}

// Sends one record; returns whether it makes sense to go on with the next.
async function one(record) {
  let answer;
  try {
    answer = await deliver(record);
    const receipt = await receiptIn(answer);
    if (receipt) {
      await put("records", { ...record, state: "sent", receipt, trouble: null, problem: null, sent_at: Date.now() });
      await tidy();
      return true;
    }
  } catch (error) {
    await later(record, "no-network");
    return false;
  }
  const problem = await problemIn(answer);
  const asked = answer.status >= 400 && answer.status < 500 && !LATER.has(answer.status);
  if (asked && problem.type !== "urn:dudao:problem:conflict") {
    await put("records", { ...record, state: "refused", trouble: null, problem });
    return true;
  }
  await later(record, TROUBLES[answer.status] ?? "server-busy", answer);
  return false;
}

const alone = (work) =>
  navigator.locks ? navigator.locks.request("dudao-field-queue", { ifAvailable: true }, (lock) => lock && work()) : work();

// Sends what waits for this account, oldest first; `hurry` also what is to be tried again only later. Returns whether
// the ledger said something of a record, good or bad.
export function flush(account, hurry = false) {
  return alone(async () => {
    const waiting = (await all("records"))
      .filter((record) => record.account === account && record.state === "ready" && (hurry || record.again_at <= Date.now()))
      .sort((a, b) => a.sequence - b.sequence);
    let said = false;
    for (const record of waiting) {
      if (!(await one(record))) break;
      said = true;
    }
    return said;
  });
}

// When the next one is due, in milliseconds from now; null if nothing waits.
export async function due(account) {
  const waiting = (await all("records")).filter((record) => record.account === account && record.state === "ready");
  return waiting.length ? Math.max(0, Math.min(...waiting.map((record) => record.again_at)) - Date.now()) : null;
}

// Sends a record that has its receipt once more: true if the ledger answers with the same entry.
export async function confirm(record) {
  const again = await receiptIn(await ask(record));
  return again?.position === record.receipt.position && again?.recorded_at === record.receipt.recorded_at;
}
