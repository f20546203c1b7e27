// The shape of the store, and how what an earlier release kept comes into it. Nothing is left behind.

export const SCHEMA = 2;

// The questions of the first edition in their order: its drafts named answers by their place in the list.
const FIRST = "video assessor-cards quality-staff identity headcount score-sheets papers equipment scope venue".split(" ");

export function upgrade(database, transaction, from) {
  if (from < 1) {
    database.createObjectStore("records", { keyPath: "key" });
    database.createObjectStore("facts", { keyPath: "name" });
  }
  if (from < 2) database.createObjectStore("pictures", { keyPath: ["record", "sha256"] });
  if (from === 1) {
    // Its pictures stay where they are until their bytes have been read (`bringFirst`): a Blob cannot be moved.
    const store = (name) => transaction.objectStore(name);
    store("facts").delete("list");
    store("records").getAll().onsuccess = ({ target: { result } }) => result.forEach((record) => store("records").put(renewed(record)));
  }
}

function renewed(record) {
  const photos = record.photos.map((photo, n) => ({
    ...photo, id: `${record.key}-${n}`, item: FIRST[photo.item] ?? photo.item,
  }));
  const form = JSON.parse(JSON.stringify(record.form).replaceAll(/"(answer|note)-(\d+)":/g, (_, part, n) => `"${part}-${FIRST[n]}":`));
  return { ...record, form, photos, version: 1, visit: record.form.inspection_id, step: 0, checklist: null, uploaded: record.uploaded ?? [] };
}
