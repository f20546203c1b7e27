// An evidence bundle verified by the browser itself. The file is read where it lies, and sent nowhere.
import { bytes, encoded, hex, isSigned, rootOf, sha256 } from "./tree.js";

const form = document.querySelector("#verify");
const [outcome, list] = [document.querySelector("#verified"), document.querySelector("#proved")];
const MAP = "dudao/subject/v1";
const AROUND = /^type (roster\.roster-published|catalogue\.catalogue-adopted)\//m;
const PROVED = /^(entries|context|evidence)\//;
const text = (content) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
const unhex = (digits) => Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const digest = async (content) => hex(await sha256(content));

class Broken extends Error {}
const need = (holds, what) => {
  if (!holds) throw new Broken(what);
};

// The members of a ZIP by name, each read when it is asked for.
const members = async (file) => {
  const view = async (from, to) => new DataView(await file.slice(from, to).arrayBuffer());
  const start = Math.max(0, file.size - 65_557);
  const tail = await view(start, file.size);
  let at = tail.byteLength - 22;
  while (at >= 0 && tail.getUint32(at, true) !== 0x06054b50) at -= 1;
  need(at >= 0, "ZIP");
  const [count, size, offset] = [tail.getUint16(at + 10, true), tail.getUint32(at + 12, true), tail.getUint32(at + 16, true)];
  need(count < 65_535 && offset < 0xffffffff, "ZIP64");
  const head = await view(offset, offset + size);
  const found = new Map();
  for (let n = 0, from = 0; n < count; n += 1) {
    need(head.getUint32(from, true) === 0x02014b50, "ZIP");
    const method = head.getUint16(from + 10, true);
    const [packed, name, extra, comment] = [head.getUint32(from + 20, true), ...[28, 30, 32].map((o) => head.getUint16(from + o, true))];
    const local = head.getUint32(from + 42, true);
    const called = text(new Uint8Array(head.buffer, from + 46, name));
    need(!found.has(called) && packed < 0xffffffff, called);
    found.set(called, async () => {
      const own = await view(local, local + 30);
      const begin = local + 30 + own.getUint16(26, true) + own.getUint16(28, true);
      const part = file.slice(begin, begin + packed);
      const plain = method === 8 ? part.stream().pipeThrough(new DecompressionStream("deflate-raw")) : part;
      return new Uint8Array(await new Response(plain).arrayBuffer());
    });
    from += 46 + name + extra + comment;
  }
  return found;
};

const note = (content) => {
  const at = content.lastIndexOf("\n\n");
  need(at > 0, "note");
  return [content.slice(0, at + 1), content.slice(at + 2).trimEnd().split("\n")];
};

const inMap = async (place, day) => {
  const leaf = await sha256([0], encoded(`${MAP}\nsubject ${place.subject}\nvalue ${place.value}\n`));
  const root = await rootOf(place.number, day.subjects, leaf, place.path.map(unhex));
  need(root && hex(root) === day.root, "closing");
  return place;
};

const check = async (file, keys) => {
  const all = await members(file);
  const read = async (name) => {
    need(all.has(name), name);
    return all.get(name)();
  };
  const content = await read("manifest.json");
  const manifest = JSON.parse(text(content));
  const { format, origin, subject, size, root, files } = manifest;
  need(["dudao/bundle/v1", "dudao/bundle/v2"].includes(format), "format");
  const [stated, made] = note(text(await read("manifest.sig")));
  need(stated === `${format}\n${origin}\n${await digest(content)}\n`, "manifest.sig");
  const maker = text(await read("keys/maker")).trim();
  need(maker.startsWith(`${origin}/bundle+`), "keys/maker");
  const byMaker = await isSigned(stated, made, [maker]);
  need(byMaker !== false, "manifest.sig");
  need(all.size === Object.keys(files).length + 2, "manifest.json");
  for (const [name, sum] of Object.entries(files)) {
    need((await digest(await read(name))) === sum, name);
    need(!/^(evidence|catalogues)\//.test(name) || name.split("/")[1].startsWith(sum), name);
  }
  const [signed, signatures] = note(text(await read("checkpoint")));
  need(signed === `${origin}\n${size}\n${btoa(String.fromCharCode(...unhex(root)))}\n`, "checkpoint");
  const byLog = keys.length ? await isSigned(signed, signatures, keys) : null;
  need(byLog !== false, "checkpoint");
  const proved = async (position, name, proof) => {
    const entry = await read(name);
    const [first, index, ...path] = text(await read(proof)).slice(0, -2).split("\n");
    need(first === "c2sp.org/tlog-proof@v1" && index === `index ${position - 1}`, proof);
    const found = await rootOf(position - 1, size, await sha256([0], entry), path.map(bytes));
    need(found && hex(found) === root, name);
    const end = entry.findIndex((byte, at) => byte === 10 && entry[at + 1] === 10);
    return [`${text(entry.slice(0, end))}\n`, entry.slice(end + 2)];
  };
  const named = new Set();
  for (const [folder, proofs, numbers] of [["entries", "proofs", manifest.entries], ["context", "context-proofs", manifest.context ?? []]]) {
    const there = [...all.keys()].filter((name) => name.startsWith(`${folder}/`) || name.startsWith(`${proofs}/`));
    need(there.length === 2 * new Set(numbers).size && there.length === 2 * numbers.length, folder);
    for (const position of numbers) {
      const [head] = await proved(position, `${folder}/${position}`, `${proofs}/${position}`);
      const own = folder === "context" ? AROUND.test(head) : head.includes(`\nsubject ${subject}\n`);
      need(own, `${folder}/${position}`);
      for (const [, sum] of head.matchAll(/^tag evidence:(.*)$/gm)) named.add(sum);
    }
  }
  const held = [...all.keys()].filter((name) => name.startsWith("evidence/")).map((name) => name.slice(9, 73));
  const known = new Set([...held, ...manifest.evidence_missing]);
  need(known.size === named.size && [...named].every((sum) => known.has(sum)), "evidence");
  const lines = Object.keys(files).filter((name) => PROVED.test(name)).sort();
  const sum = await digest(encoded(lines.map((name) => `${name} ${files[name]}\n`).join("")));
  need((manifest.content ?? sum) === sum, "content");
  let day = null;
  if (manifest.closing) {
    const [head, rest] = await proved(manifest.closing, "closing/entry", "closing/proof");
    need(head.includes("\ntype day.day-closed/1\n"), "closing");
    day = JSON.parse(text(rest.slice(0, -16))).data;
    const shown = JSON.parse(text(await read("closing/subject.json")));
    const before = manifest.entries.filter((position) => position <= day.upto);
    if (shown.place) {
      need((await inMap(shown.place, day)).subject === subject && before.length, "closing");
      const last = before.at(-1);
      const salt = (await read(`entries/${last}`)).slice(-16);
      const listed = await digest(encoded(before.map((position) => `${position}\n`).join("")));
      const standing = shown.written.split("\n")[3];
      const blind = hex(await sha256(encoded(`${MAP}\0`), salt));
      const counted = `entries ${before.length}\nlast ${last}\npositions ${listed}\n`;
      const value = `${counted}${standing}\nblind ${blind}\n`;
      need((await digest(encoded(value))) === shown.place.value, "closing");
    } else {
      const low = shown.before && (await inMap(shown.before, day));
      const high = shown.after && (await inMap(shown.after, day));
      need(!before.length && (low?.number ?? -1) + 1 === (high?.number ?? day.subjects), "closing");
      need((!low || low.subject < subject) && (!high || subject < high.subject), "closing");
      need(low || high || day.root === (await digest(encoded(""))), "closing");
    }
    day.held = before.length;
  }
  return { ...manifest, content: sum, maker, day, checked: byLog && byMaker, evidence: held.length };
};

const said = (name, values) => form.dataset[name].replace(/{(\w+)}/g, (_, key) => values[key]);

const verify = async () => {
  if (!globalThis.crypto?.subtle || !globalThis.DecompressionStream) return form.dataset.cannot;
  const [bundle, paper] = ["bundle", "paper"].map((name) => form.elements[name].files[0]);
  const found = await check(bundle, form.dataset.keys.split("\n").filter(Boolean));
  const values = { ...found, count: found.entries.length, missing: found.evidence_missing.length, ...(found.day ?? {}) };
  const lines = ["included", found.checked ? "signed" : "unsure", found.day ? "complete" : "open", "digest", "maker"];
  const onPaper = form.dataset.content;
  if (onPaper) need(onPaper === found.content, form.dataset.other);
  if (onPaper) lines.push("same");
  if (paper) {
    need((await digest(new Uint8Array(await paper.arrayBuffer()))) === found.files["report.pdf"], form.dataset.otherPaper);
    lines.push("report");
  }
  list.replaceChildren(...lines.map((name) => {
    const item = document.createElement("li");
    item.textContent = said(name, values);
    return item;
  }));
  return form.dataset.holds;
};

form.hidden = false;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  list.replaceChildren();
  outcome.textContent = form.dataset.working;
  try {
    outcome.textContent = await verify();
  } catch (error) {
    outcome.textContent = said("broken", { what: error.message });
  }
});
