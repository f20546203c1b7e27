// Unsent records as files: commands that an import takes as they are, and the photos named by their digest.

import { blobOf, pictureOf, unsent } from "./records.js";
import { el, say } from "./words.js";

// The line of a record; its key is the one under which the ledger would hold it had it arrived already.
function line({ body, key, account }, actor) {
  const { valid_from, ...data } = JSON.parse(body);
  return JSON.stringify({ type: "SpotCheckRecorded", valid_from, actor, data, idempotency_key: `${account}/${key}` });
}

const file = (name, parts, type) => {
  const address = URL.createObjectURL(new Blob(parts, { type }));
  return el("li", {}, el("a", { href: address, download: name }, name));
};

const named = (sha256, type) => `${sha256}.${type === "image/jpeg" ? "jpg" : type.split("/")[1]}`;

// Lists the files, and saves each; returns how many records are in them.
export async function takeAway(session, list) {
  const records = (await unsent(session.account)).filter((record) => record.body);
  const made = new Map();
  if (records.length) {
    const name = `dudao-field-${records.length}-${records.at(-1).key.slice(0, 8)}.ndjson`;
    made.set(name, file(name, [records.map((record) => `${line(record, session)}\n`).join("")], "application/x-ndjson"));
  }
  for (const record of records) {
    const seen = named(record.sealed_sha256, "application/json");
    made.set(seen, file(seen, [record.sealed], "application/json"));
    for (const { sha256, media_type } of record.photos) {
      const picture = await pictureOf(record.key, sha256);
      if (picture) made.set(named(sha256, media_type), file(named(sha256, media_type), [blobOf(picture)], media_type));
    }
  }
  list.replaceChildren(...made.values());
  list.querySelectorAll("a").forEach((link) => link.click());
  return say("taken-away", records.length, Math.max(0, made.size - 1));
}
