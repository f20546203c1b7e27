// 现场: opens with what is kept, asks for what is new, and sends what waits whenever there is a network.

import * as capture from "./capture.js";
import { due, flush } from "./queue.js";
import { showQueues, showSending, sure } from "./queues.js";
import * as records from "./records.js";
import * as sessions from "./session.js";
import { all, fact, get, hooks } from "./store.js";
import { takeAway, takeIn } from "./takeaway.js";
import { heldOf, showFound, showKnown, showToday } from "./visits.js";
import { at, clock, say, size, trouble } from "./words.js";

const STALE = 600_000;
const DAY = 86_400_000;
const DAYS_OFF = 3;
// Browsers inside another app, which clear what a page keeps as they please unless they have promised not to.
const INSIDE = /MicroMessenger|wxwork/i;
// `session` undefined: not known yet; null: nobody is signed in.
let session, list = null, timer;

// Digests need a secure context; without them nothing could be sealed, so nothing is begun.
const canSeal = Boolean(globalThis.crypto?.subtle);

const tell = (text) => { at("told").textContent = text; };

// Shows a sentence in its place where it is true.
function warn(id, holds, text) {
  at(id).hidden = !holds;
  at(id).textContent = text;
}

// One thing at a time: a second press while a record is being opened opens nothing.
let opening = false;
const alone = (work) => async (...given) => {
  if (opening) return;
  opening = true;
  await work(...given).finally(() => { opening = false; });
};

const mineOf = async () => (await all("records")).filter(({ account }) => account === session?.account);

async function showState() {
  const off = Math.abs(await sessions.offset()) / DAY, last = await fact("last_sent");
  at("state").textContent = [
    say(navigator.onLine ? "online" : "offline"),
    session === undefined ? "" : session?.account ?? say("nobody"),
    list && say("list-of", clock(list.at), Math.round((Date.now() - list.at) / 60_000)),
    last && say("last-sent", clock(last)),
  ].filter(Boolean).join(" · ");
  at("sign-in").hidden = session !== null;
  at("capturing").hidden = !session || !canSeal;
  warn("clock", off >= DAYS_OFF, say("clock-off", Math.round(off)));
  const mine = session ? await records.unsent(session.account) : [], others = await records.unsent(session?.account, true);
  warn("others", session !== undefined && others.length, say("others", others.length, [...new Set(others.map(({ account }) => account))].join(", ")));
  at("waiting").hidden = !mine.length;
  await navigator.setAppBadge?.(mine.length + others.length).catch(() => {});
}

async function show() {
  await showState();
  showToday(list, await mineOf(), begin);
  at("incomplete").hidden = list?.complete !== false;
  if (session) await showQueues(session.account, { resume: alone(resume), correct: alone(correct), again: () => send(true), show });
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  const safe = await navigator.storage?.persisted?.();
  at("storage").textContent = say("storage", size(usage), size(quota), say(safe ? "storage-safe" : "storage-unsafe"));
  at("no-worker").hidden &&= safe || !INSIDE.test(navigator.userAgent);
}

async function finished(word) {
  tell(say(word));
  at("home").querySelector("h1").focus();
  await show();
  if (word !== "saved") return;
  await navigator.storage?.persist?.();
  await send();
}

// Opens a draft with what is known of its own enterprise, and of no other one.
async function resume({ key, form }) {
  const of = list?.inspections.find((one) => one.inspection_id === form.inspection_id);
  const firm = of?.enterprise ?? list?.enterprises.find((one) => one.uscc === form.uscc);
  showKnown(firm?.name ?? form.enterprise, of?.told.facts ?? firm?.facts, of?.sessions);
  const options = { known: { venues: of?.venues, ...list?.limits }, done: finished };
  if (await capture.open({ key }, options)) return;
  if ((await get("records", key))?.state !== "draft") tell(say("changed-meanwhile"));
  else if (await sure(say("elsewhere"))) await capture.open({ key }, { ...options, takeOver: true });
}

async function correct(record) {
  const made = await records.correction(record);
  if (made) await resume(made);
  else tell(say("changed-meanwhile"));
}

const begin = alone(async (firm, inspection) => {
  const day = await capture.today(), { account, organisation } = session;
  const given = { day, uscc: firm?.uscc ?? "", district: firm?.district ?? organisation, enterprise: firm?.name, kind: inspection?.kind };
  const team = inspection?.inspectors ?? [{ account, ...list?.self }];
  team.forEach((one, n) => {
    for (const part of ["account", "name", "card_no"]) given[`inspector-${n}-${part}`] = one[part] ?? "";
    given[`inspector-${n}-recusal`] = String(one.recusal_declared ?? "");
  });
  const made = records.draft(account, inspection?.inspection_id ?? (firm && `${firm.uscc}/${day}`), given, capture.checklist);
  made.visit ??= made.key;
  given.inspection_id = inspection?.inspection_id ?? `spot-${made.key}`;
  const sealed = heldOf(made.visit, await mineOf()).find(({ state }) => state !== "draft");
  if (!sealed || (await sure(say("again", sealed.sequence)))) await resume(await records.begin(made));
});

// Sends what waits and shows what came of it; comes back by itself when the next one is due.
async function send(hurry = false) {
  clearTimeout(timer);
  if (!navigator.onLine) return;
  // For whom this device sends now: who is signed in; when nobody is, those who have left it a credential.
  const accounts = session ? [session.account] : session === null ? await sessions.accounts() : [], outcomes = [];
  for (const account of accounts) outcomes.push(await flush(account, hurry, showSending));
  const said = outcomes.includes(true), busy = outcomes.includes(null);
  if (said) tell("");
  if (session && (said || (await records.unsent(session.account)).some((record) => record.trouble === "signed-out"))) {
    ({ session, list } = await sessions.refresh());
  }
  const wait = Math.min(...(await Promise.all(accounts.map(due))));
  if (wait < Infinity) timer = setTimeout(send, busy ? 1_000 : Math.max(1_000, wait), busy && hurry);
  await show();
}

async function renew(hurry = false) {
  const before = session?.account, found = await sessions.refresh();
  ({ session, list } = found);
  if (found.fresh) await records.clearSent(Date.now() - await sessions.offset());
  await show();
  if (session && found.fresh) await sessions.renew(session.account);
  // Somebody signed in, or the server is there again: what only waited for that waits no longer.
  await send(hurry || (found.fresh || before !== session?.account ? "passing" : false));
}

// The worker that opens the page without a network. A browser inside another app often has none.
async function register() {
  const worker = "/sw.js", options = { scope: "/", updateViaCache: "none" };
  const policy = globalThis.trustedTypes?.createPolicy("dudao", {
    createScriptURL: (address) => {
      if (address !== worker) throw new TypeError(address);
      return address;
    },
  });
  try {
    const had = navigator.serviceWorker.controller !== null;
    navigator.serviceWorker.oncontrollerchange = () => had && tell(say("new-version"));
    await navigator.serviceWorker.register(policy?.createScriptURL(worker) ?? worker, options);
    await navigator.serviceWorker.ready;
    at("ready").hidden = false;
  } catch {
    at("no-worker").hidden = false;
  }
}

// What this device could not do (no room left, say) is said wherever one is; nothing that was kept is touched.
onunhandledrejection = ({ reason }) => trouble("page", reason);
hooks.notice = (word) => trouble("store", { word });
hooks.changed = () => at("home").hidden || show();
at("send").onclick = () => (navigator.onLine ? send(true) : tell(say("send-offline")));
at("renew").onclick = () => renew();
at("find").oninput = () => showFound(list, at("find").value.trim(), begin);
at("elsewhere").onclick = () => begin();
at("take-away").onclick = async () => tell(await takeAway(session, at("files")));
at("take-in").onchange = async ({ target }) => {
  tell(await takeIn(session, target.files[0]));
  target.value = "";
  await show();
};
ononline = () => renew(true);
onoffline = showState;
document.onvisibilitychange = async () => {
  if (document.hidden) return;
  // Somebody else may have signed in meanwhile, in another tab.
  const now = (await sessions.kept()).session;
  if (now?.account !== session?.account || !list || Date.now() - list.at > STALE) renew();
  else send();
};

at("app").hidden = false;
at("without").hidden = true;
if (!canSeal) trouble("secure", { word: "insecure" });
try {
  await records.bringFirst().catch((error) => trouble("first", error));
  const found = await sessions.kept();
  ({ list } = found);
  session = found.session ?? undefined;
  await show();
  await renew();
} catch (error) {
  session ??= null;
  trouble("store", error);
  at("sign-in").hidden = true;
}
await register();
