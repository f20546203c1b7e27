// What is not sent, as files. Sealed records as commands that an import takes as they are, with their photos; and
// everything, drafts too, in one file that another phone takes in.

import { digest } from "./chain.js";
import { blobOf, bring, pictureOf, unsent } from "./records.js";
import { day, el, say } from "./words.js";

const HEAD = 12; // The file begins with the length of what says what is in it, in so many places.

// Lists the files, and saves each; returns what is in them.
export async function takeAway(session, list) {
  const files = new Map(), pictures = [], whole = [], commands = [];
  const records = await unsent(session.account), name = `${say("takeaway")} ${day(Date.now())}`;
  for (const record of records) {
    const firm = `${record.form.enterprise || record.form.uscc} ${record.sequence}`;
    if (record.body) {
      // The key is the one under which the ledger would hold it had it arrived already.
      const { valid_from, ...data } = JSON.parse(record.body), idempotency_key = `${record.account}/${record.key}`;
      commands.push(JSON.stringify({ type: "SpotCheckRecorded", valid_from, actor: session, data, idempotency_key }), "\n");
      files.set(`${firm}.json`, new Blob([record.sealed]));
    }
    for (const { sha256, file_name } of record.photos) {
      const picture = await pictureOf(record.key, sha256);
      if (!picture) continue;
      const blob = blobOf(picture);
      pictures.push({ record: record.key, media_type: blob.type, size: blob.size });
      whole.push(blob);
      if (record.body) files.set(`${firm} ${sha256.slice(0, 6)} ${file_name}`, blob);
    }
  }
  const attached = files.size, head = new Blob([JSON.stringify({ records, pictures })]);
  if (commands.length) files.set(`${name}.ndjson`, new Blob(commands));
  if (records.length) files.set(`${name}.dudao`, new Blob([String(head.size).padStart(HEAD), head, ...whole]));
  list.replaceChildren(...[...files].map(([download, blob]) => el("li", {}, el("a", { href: URL.createObjectURL(blob), download }, download))));
  list.querySelectorAll("a").forEach((link) => link.click());
  return say("taken-away", records.length, attached);
}

// Takes in what another phone of this account has saved, and what is not here yet.
export async function takeIn(session, file) {
  let from = HEAD + Number(await file.slice(0, HEAD).text()), taken = 0;
  const { records, pictures } = await file.slice(HEAD, from).text().then(JSON.parse).catch(() => ({ records: [], pictures: [] }));
  for (const picture of pictures) {
    picture.bytes = await file.slice(from, from += picture.size).arrayBuffer();
    picture.sha256 = await digest(picture.bytes);
  }
  for (const record of records) {
    const own = pictures.filter((picture) => picture.record === record.key);
    if (record.account === session.account && (await bring(record, own))) taken += 1;
  }
  return say("taken-in", taken);
}
