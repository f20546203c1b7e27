// The database of this page: one connection, made anew when it is lost, and transactions that are retried once on a
// fresh one. What is kept where and for how long: docs/field.md.

import { SCHEMA, upgrade } from "./upgrade.js";

const NAME = "dudao-field";
const changes = globalThis.BroadcastChannel ? new BroadcastChannel(NAME) : null;
let opening = null;

// What is to be done when a tab of an earlier or a later version stands in the way, and when another has changed a record.
export const hooks = { notice() {}, changed() {} };
if (changes) changes.onmessage = () => hooks.changed();

// What this device could not do: `word` names the sentence that says it.
export class Trouble extends Error {
  constructor(word, cause) {
    super(cause?.message || word);
    this.word = word;
  }
}

function connect() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, SCHEMA);
    request.onupgradeneeded = (event) => upgrade(request.result, request.transaction, event.oldVersion);
    request.onblocked = () => hooks.notice("store-blocked");
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const database = request.result;
      // The system may take a connection away, as iOS does in the background; a later version asks for it.
      database.onclose = forget;
      database.onversionchange = () => {
        forget();
        hooks.notice("store-newer");
      };
      resolve(database);
    };
  });
  return opening;
}

// Gives the connection up: whoever asks next makes a new one.
async function forget() {
  const lost = opening;
  opening = null;
  (await lost?.catch(() => null))?.close();
}

const asked = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

// What may be done within a transaction. Nothing else may be waited for there: the transaction would end.
const steps = (transaction) => ({
  get: (store, key) => asked(transaction.objectStore(store).get(key)),
  // Of a store that this device never had there is nothing.
  all: (store, range) => (transaction.objectStoreNames.contains(store) ? asked(transaction.objectStore(store).getAll(range)) : []),
  put: (store, value) => asked(transaction.objectStore(store).put(value)),
  remove: (store, range) => asked(transaction.objectStore(store).delete(range)),
});

async function once(mode, work) {
  const database = await connect();
  const transaction = database.transaction(database.objectStoreNames, mode, { durability: "strict" });
  const ended = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
  });
  try {
    const result = await work(steps(transaction));
    await ended;
    return result;
  } catch (error) {
    ended.catch(() => {});
    try { transaction.abort(); } catch { /* it is over already, and the error says why */ }
    throw error;
  }
}

// Runs `work` in one transaction and gives what it returned once that is on the disk. Where that fails it is tried
// once more on a fresh connection: `work` looks at what is there, so doing it twice is doing it once.
async function within(mode, work, again = false) {
  try {
    return await once(mode, work);
  } catch (error) {
    const opened = await opening?.then(() => true, () => false);
    await forget();
    if ([error.name, error.inner?.name].includes("QuotaExceededError")) throw new Trouble("store-full", error);
    if (again) throw new Trouble(opened ? "store-failed" : "store-shut", error);
    return within(mode, work, true);
  }
}

export async function write(work) {
  const result = await within("readwrite", work);
  changes?.postMessage("changed");
  return result;
}

export const read = (work) => within("readonly", work);
export const all = (name) => read((step) => step.all(name));
export const get = (name, key) => read((step) => step.get(name, key));

export const fact = async (name) => (await get("facts", name))?.value;
export const know = (name, value) => within("readwrite", (step) => step.put("facts", { name, value }));
export const unknow = (name) => within("readwrite", (step) => step.remove("facts", name));

// The bytes of a record's pictures all lie in one range of keys.
export const picturesOf = (key) => IDBKeyRange.bound([key], [key, []]);
