// Records and what may become of them. Every write says what it saw (state and version) and is not made where that has
// changed: a draft never overwrites a sealed record, a stale tab neither deletes nor sends one again, and a receipt stays.

import { all, picturesOf, read, write } from "./store.js";

// From a state to those that may follow it.
const FOLLOWS = { draft: "draft ready", ready: "ready refused entered sent", refused: "refused ready", entered: "entered sent", sent: "sent" };
const DAYS_SENT = 30;
const DAY = 86_400_000;

// The address of a blob ends in a random UUID in every browser; crypto.randomUUID is missing in older ones.
export function uuid() {
  const address = URL.createObjectURL(new Blob());
  URL.revokeObjectURL(address);
  return address.slice(-36);
}

const isDraft = (record) => record?.state === "draft";
const isAsSeen = (seen) => (record) => record?.state === seen.state && record.version === seen.version;

// The record after `change`. It may lead only where its state leads, and a receipt is never another one.
export function after(record, change) {
  const next = { ...record, ...change, key: record.key, version: record.version + 1 };
  const isAnother = record.receipt && next.receipt?.position !== record.receipt.position;
  if (isAnother || !FOLLOWS[record.state].includes(next.state)) throw new Error(`${record.state} → ${next.state}`);
  return next;
}

// Changes the record under `key` if it `holds`. Returns {taken, record}: the record as it is now, undefined if it is
// gone. `also` does what belongs to the change in the same transaction; where it returns false nothing is changed.
export function alter(key, holds, change, also) {
  return write(async (step) => {
    const record = await step.get("records", key);
    const next = holds(record) && after(record, change(record));
    if (!next || (await also?.(step, record, next)) === false) return { taken: false, record };
    await step.put("records", next);
    return { taken: true, record: next };
  });
}

// Changes the record if it is what was `seen`.
export const amend = (seen, change, also) => alter(seen.key, isAsSeen(seen), change, also);

// Keeps `made`, or gives the draft that there is of this visit already.
export function begin(made) {
  return write(async (step) => {
    const same = (each) => each.account === made.account && each.visit === made.visit && isDraft(each);
    const there = (await step.all("records")).find(same);
    if (!there) await step.put("records", made);
    return there ?? made;
  });
}

export const draft = (account, visit, form, checklist) => ({
  key: uuid(), version: 1, account, visit, state: "draft", form, checklist, photos: [], uploaded: [], step: 0, updated_at: Date.now(),
});

// Takes in a record of another phone with its pictures; false: it is here already, and stays as it is.
export function bring(record, pictures) {
  return write(async (step) => {
    if (await step.get("records", record.key)) return false;
    for (const picture of pictures) await step.put("pictures", picture);
    await step.put("records", record);
    return true;
  });
}

// Takes a photo into a draft: its bytes and its name in one transaction, or neither. The draft may have gone on
// meanwhile; a photo is added to it and replaces nothing, and where it is tried again it is added once.
export const attach = (key, photo, bytes) => alter(
  key, isDraft, ({ photos }) => ({ photos: [...photos.filter(({ id }) => id !== photo.id), photo], updated_at: Date.now() }),
  (step) => step.put("pictures", { record: key, sha256: photo.sha256, media_type: photo.media_type, bytes }));

// Takes photos out of a draft; bytes that none of the others needs go with them.
export const detach = (key, leaves) => alter(
  key, isDraft, ({ photos }) => ({ photos: photos.filter((photo) => !leaves(photo)), updated_at: Date.now() }),
  async (step, before, { photos }) => {
    for (const { sha256 } of before.photos) if (!photos.some((photo) => photo.sha256 === sha256)) await step.remove("pictures", [key, sha256]);
  });

// Deletes a draft with its photos; what it was to correct can be corrected anew. False: it is not what was seen.
export function leave(seen) {
  return write(async (step) => {
    const record = await step.get("records", seen.key);
    if (!isAsSeen(seen)(record) || !isDraft(record)) return false;
    const refused = record.replaces && (await step.get("records", record.replaces));
    if (refused?.replaced_by === record.key) await step.put("records", after(refused, { replaced_by: null }));
    await step.remove("pictures", picturesOf(record.key));
    await step.remove("records", record.key);
    return true;
  });
}

// A new draft in place of a refused record, under a key of its own and with the photos; the refused one stays, with its
// reason. Null: it is not what was seen, or is being corrected already.
export async function correction({ account, visit, form, checklist, photos, key, ...seen }) {
  const made = { ...draft(account, visit, form, checklist), photos, replaces: key };
  const { taken } = await alter(key, (now) => isAsSeen(seen)(now) && now.state === "refused" && !now.replaced_by, () => ({ replaced_by: made.key }), async (step) => {
    for (const picture of await step.all("pictures", picturesOf(key))) await step.put("pictures", { ...picture, record: made.key });
    await step.put("records", made);
  });
  return taken ? made : null;
}

// A receipt, and what of the evidence the server still lacks. The originals leave the phone when it lacks nothing.
export const enter = (seen, receipt, missing) => amend(seen, (record) => ({
  state: missing.length ? "entered" : "sent",
  receipt: record.receipt ?? receipt,
  uploaded: record.uploaded.filter((sha256) => !missing.includes(sha256)),
  lacks: new Set(missing).size, trouble: null, problem: null,
}), async (step, { key }) => {
  if (!missing.length) await step.remove("pictures", picturesOf(key));
});

// What was sent leaves the phone after a time; the ledger has it, and the receipt has been read. Both times are the
// server's: by the phone's own clock a receipt of today may be years old.
export function clearSent(now) {
  return write(async (step) => {
    for (const { key, state, receipt } of await step.all("records")) {
      if (state === "sent" && now - Date.parse(receipt.recorded_at) > DAYS_SENT * DAY) await step.remove("records", key);
    }
  });
}

// Until schema 2 a picture lay as a Blob under its digest alone. Its bytes are read before they are put under their
// records: WebKit loses those of a Blob that goes from one store into another. What cannot be read stays where it is.
export async function bringFirst() {
  for (const { sha256, media_type, blob } of await all("photos")) {
    const bytes = await blob.arrayBuffer().catch(() => null);
    if (bytes) await write(async (step) => {
      for (const { key, state, photos } of await step.all("records")) {
        if (state !== "sent" && photos.some((photo) => photo.sha256 === sha256)) await step.put("pictures", { record: key, sha256, media_type, bytes });
      }
      await step.remove("photos", sha256);
    });
  }
}

export const pictureOf = (key, sha256) => read((step) => step.get("pictures", [key, sha256]));
export const blobOf = ({ bytes, media_type }) => new Blob([bytes], { type: media_type });

// What is not sent yet, of this account or of the others. A refused record that was corrected waits in its correction.
export async function unsent(account, others = false) {
  const isOpen = (record) => record.state !== "sent" && !record.replaced_by && !record.aside;
  return (await all("records")).filter((record) => (record.account === account) !== others && isOpen(record));
}
