// What the phone keeps: records, photos and a few facts. Nothing leaves it before the server's receipt.

const STORES = { records: "key", photos: "sha256", facts: "name" };
let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("dudao-field", 1);
    request.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) {
        request.result.createObjectStore(name, { keyPath });
      }
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

// Runs `work` in one transaction; gives what it returned once that is on the disk. `work` may not wait for anything else.
export async function within(names, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(names, "readwrite", { durability: "strict" });
    let result;
    transaction.oncomplete = () => resolve(result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
    result = work((name) => transaction.objectStore(name));
    if (result instanceof IDBRequest) {
      const request = result;
      request.onsuccess = () => { result = request.result; };
    }
  });
}

export const all = (name) => within([name], (store) => store(name).getAll());
export const get = (name, key) => within([name], (store) => store(name).get(key));
export const put = (name, value) => within([name], (store) => store(name).put(value));
export const remove = (name, key) => within([name], (store) => store(name).delete(key));

export const fact = async (name) => (await get("facts", name))?.value;
export const know = (name, value) => put("facts", { name, value });

// Takes a record away with those of its photos that no other record needs.
export async function discard(record) {
  await remove("records", record.key);
  await tidy();
}

// Drops photos that no record waits for any more.
export async function tidy() {
  const records = await all("records");
  const needed = new Set(records.filter((r) => r.state !== "sent").flatMap((r) => r.photos.map((p) => p.sha256)));
  for (const sha256 of await within(["photos"], (store) => store("photos").getAllKeys())) {
    if (!needed.has(sha256)) await remove("photos", sha256);
  }
}

// What this account has not sent yet. A refused record that was corrected waits in its correction.
export async function unsent(account) {
  return (await all("records")).filter((r) => r.account === account && r.state !== "sent" && !r.replaced_by);
}
