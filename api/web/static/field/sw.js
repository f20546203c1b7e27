// Opens 现场 without a network. It keeps that one page and its files, of one version at a time, and nothing else;
// the server writes VERSION, SHELL and FILES in front of this.

const PREFIX = "dudao-field-";
const CACHE = PREFIX + VERSION;
const PATIENCE = 5_000;

// Keeps the page if it is one: of this version, and not the way to the sign-in.
async function keep(cache, answer) {
  const good = answer.ok && !answer.redirected && answer.headers.get("Dudao-Field") === VERSION;
  if (good) await cache.put(SHELL, answer.clone());
  return good;
}

// A version that cannot be had whole is not taken: the one before goes on.
async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES);
  if (!(await keep(cache, await fetch(SHELL, { cache: "no-store" })))) throw new Error("the page was not given");
  await self.skipWaiting();
}

async function activate() {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  await self.clients.claim();
}

const kept = async (address) => (await caches.open(CACHE)).match(address, { ignoreVary: true });

// The page as the server has it now; as it was kept, where there is no server or it does not answer in time.
async function page(request) {
  const stored = await kept(SHELL);
  try {
    const answer = await fetch(request, stored ? { signal: AbortSignal.timeout?.(PATIENCE) } : {});
    // Not ours: a hotel's page, or a proxy's. Where it leads elsewhere (no status) is the browser's to follow.
    if (stored && answer.status && !answer.headers.has("Dudao-Field")) return stored;
    await keep(await caches.open(CACHE), answer);
    return answer;
  } catch (error) {
    if (stored) return stored;
    throw error;
  }
}

self.oninstall = (event) => event.waitUntil(install());
self.onactivate = (event) => event.waitUntil(activate());
self.onfetch = (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && pathname === SHELL) event.respondWith(page(request));
  else if (FILES.includes(pathname)) event.respondWith(kept(pathname).then((found) => found ?? fetch(request)));
};
