// Sends what waits. The key of a record is made once and is its Idempotency-Key for ever, its body never changes:
// however often it is sent, the ledger holds it once.

import { preview } from "./photos.js";
import { amend, blobOf, enter, pictureOf } from "./records.js";
import { ask, credentialOf, drop, PROBLEM } from "./session.js";
import { all, get, know } from "./store.js";

const PATIENCE = 60_000;
const SLOWEST = 16; // bytes in a millisecond
const LONGEST_WAIT = 300_000;
const LATER = [401, 408, 425, 429];
const TROUBLES = { 401: "signed-out", 429: "too-many" };
// Over as soon as the server is there again, or its owner is.
const PASSING = ["no-network", "signed-out", "not-ours"];
const OURS = "urn:dudao:problem:";

// Under the credential of this device where there is one; else as whoever is signed in, if that is the owner.
async function send(record, address, options) {
  const credential = await credentialOf(record.account);
  const headers = { "Dudao-Account": encodeURIComponent(record.account), ...options.headers };
  if (credential) headers.Authorization = `Bearer ${credential.token}`;
  return ask(address, PATIENCE + (options.body.size ?? 0) / SLOWEST, { credentials: credential ? "omit" : "same-origin", ...options, headers });
}

const post = (record) => send(record, "/v1/commands/SpotCheckRecorded", {
  method: "POST", body: record.body, headers: { "Content-Type": "application/json", "Idempotency-Key": record.key },
});

// The record's own bytes first: a credential of the device sends nothing but what was sealed.
const filesOf = (record) => [
  { sha256: record.sealed_sha256, read: () => new Blob([record.sealed], { type: "application/json" }) },
  ...[...new Set(record.photos.map(({ sha256 }) => sha256))].map((sha256) => ({
    sha256,
    read: async () => {
      const picture = await pictureOf(record.key, sha256);
      return picture && blobOf(picture);
    },
  })),
];

// What an answer is. Only a body of ours is a receipt or a refusal; a hotel's network answers with 200 and a page.
async function judged(answer, isReceipt) {
  const { status } = answer, kind = answer.headers.get("Content-Type") ?? "";
  const said = kind.includes("json") ? await answer.json().catch(() => null) : null;
  if (answer.ok) return isReceipt(said) ? { receipt: said } : { later: "not-ours" };
  const ours = kind.startsWith(PROBLEM) && String(said?.type).startsWith(OURS);
  if (!ours) return { later: status >= 500 ? "server-busy" : "not-ours", answer };
  if (status < 400 || status >= 500 || LATER.includes(status) || said.type === `${OURS}conflict`) return { later: TROUBLES[status] ?? "server-busy", answer };
  return { problem: { status, type: said.type, detail: said.detail ?? "", errors: said.errors ?? [], rule: said.rule } };
}

const isReceipt = (said) => Number.isInteger(said?.position) && Array.isArray(said.evidence_missing);

// Sends the bytes, then the record. Gives {record, outcome}: the record as it is kept, and what the server said last;
// outcome null: another tab has changed the record meanwhile.
async function deliver(record, told) {
  let now = record;
  const whole = filesOf(record);
  for (const [n, { sha256, read }] of whole.entries()) {
    if (now.uploaded.includes(sha256)) continue;
    told(now, n + 1, whole.length);
    const bytes = await read();
    if (!bytes) continue;
    const answer = await send(now, `/v1/evidence/${sha256}`, { method: "PUT", body: bytes });
    const outcome = await judged(answer, (said) => said?.sha256 === sha256 && said.size === bytes.size);
    if (!outcome.receipt) return { record: now, outcome };
    // What a browser cannot draw has none, and nothing waits for it.
    if (sha256 !== now.sealed_sha256) await preview(bytes).then((body) => send(now, `/v1/evidence/${sha256}/preview`, { method: "PUT", body })).catch(() => {});
    const kept = await amend(now, (each) => ({ uploaded: [...each.uploaded, sha256] }));
    if (!kept.taken) return { record: kept.record, outcome: null };
    now = kept.record;
  }
  return { record: now, outcome: await judged(await post(now), isReceipt) };
}

async function later(record, trouble, answer) {
  const wait = Math.min(LONGEST_WAIT, 5_000 * 2 ** record.tries) * (0.8 + Math.random() * 0.4);
  const said = Number(answer?.headers.get("Retry-After")) * 1000 || 0;
  await amend(record, (now) => ({ tries: now.tries + 1, again_at: Date.now() + Math.max(wait, said), trouble }));
  if (trouble === "signed-out") await drop(record.account);
}

// Sends one record; returns whether it makes sense to go on with the next.
async function one(key, told) {
  let record = await get("records", key);
  if (!isWaiting(record)) return true;
  let outcome;
  try {
    ({ record, outcome } = await deliver(record, told));
  } catch (error) {
    if (error.word) throw error;
    await later(await get("records", key), "no-network");
    return false;
  }
  if (!outcome) return true;
  if (outcome.receipt) {
    const { position, recorded_at, leaf, evidence_missing } = outcome.receipt;
    const entered = await enter(record, { position, recorded_at, leaf }, evidence_missing);
    await know("last_sent", Date.now());
    // What the server lacks although it was sent is sent again, once more now and then in turn.
    if (evidence_missing.length && !record.receipt) return one(key, told);
    if (evidence_missing.length) await later(entered.record, "lacking");
    return true;
  }
  // Somebody in between took the record's own bytes and said they were stored: they are sent again.
  if (outcome.problem?.rule === "not-sealed") {
    const { record: now } = await amend(record, () => ({ uploaded: [] }));
    if (record.uploaded.length && record.trouble !== "lacking") await later(now, "lacking");
    else await later(now, "signed-out");
    return false;
  }
  if (outcome.problem) {
    await amend(record, (now) => ({ state: now.receipt ? now.state : "refused", trouble: null, problem: outcome.problem }));
    return true;
  }
  await later(record, outcome.later, outcome.answer);
  return false;
}

const isWaiting = (record) => record?.state === "ready" || record?.state === "entered";
const waitingOf = async (account) => (await all("records")).filter((record) => record.account === account && isWaiting(record));

// A clock that was set back must not make a record wait for years.
const isDue = (record) => record.again_at <= Date.now() || record.again_at > Date.now() + 2 * LONGEST_WAIT;

const alone = (work) =>
  navigator.locks ? navigator.locks.request("dudao-field-queue", { ifAvailable: true }, (lock) => (lock ? work() : null)) : work();

// Sends what waits for this account, oldest first. `hurry`: also what is to be tried again only later; "passing": also
// what only waited for a network or a sign-in. Returns whether the ledger said something of a record, good or bad; null
// where another tab is sending.
export function flush(account, hurry = false, told = () => {}) {
  const wants = (record) => hurry === true || isDue(record) || (hurry === "passing" && PASSING.includes(record.trouble));
  return alone(async () => {
    const waiting = (await waitingOf(account)).filter(wants).sort((a, b) => a.sequence - b.sequence);
    let said = false;
    for (const { key } of waiting) {
      if (!(await one(key, told))) break;
      said = true;
    }
    return said;
  });
}

// When the next one is due, in milliseconds from now; Infinity if nothing waits.
export const due = async (account) => Math.min(...(await waitingOf(account)).map((record) => (isDue(record) ? 0 : record.again_at - Date.now())));

// Sends a record that has its receipt once more: true if the ledger answers with the same entry.
export async function confirm(record) {
  const { receipt } = await judged(await post(record), isReceipt);
  return receipt?.position === record.receipt.position;
}
