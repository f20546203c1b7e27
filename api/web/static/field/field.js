// 现场: opens with what is kept, asks for what is new, and sends what waits whenever there is a network.

import * as capture from "./capture.js";
import { due, flush } from "./queue.js";
import { showQueues } from "./queues.js";
import { all, unsent } from "./store.js";
import { takeAway } from "./takeaway.js";
import { kept, refresh } from "./today.js";
import { findings, showFound, showToday } from "./visits.js";
import { clock, day, say, size } from "./words.js";

const STALE = 600_000;
const at = (id) => document.getElementById(id);
let session = null, list = null, timer;

function tell(text) {
  at("told").textContent = text;
}

async function showState() {
  const parts = [navigator.onLine ? say("online") : say("offline")];
  parts.push(session ? session.account : say("nobody"));
  if (list) parts.push(say("list-of", clock(list.at), Math.round((Date.now() - list.at) / 60_000)));
  at("state").textContent = parts.join(" · ");
  at("sign-in").hidden = session !== null;
  at("capturing").hidden = session === null;
  const [all_records, mine] = [await all("records"), session ? await unsent(session.account) : []];
  const others = all_records.filter((r) => r.state !== "sent" && !r.replaced_by && r.account !== session?.account);
  at("others").hidden = others.length === 0;
  at("others").textContent = say("others", others.length, [...new Set(others.map((r) => r.account))].join(", "));
  at("waiting").hidden = mine.length === 0;
}

async function showStorage() {
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  const safe = await navigator.storage?.persisted?.();
  at("storage").textContent = say("storage", size(usage), size(quota), say(safe ? "storage-safe" : "storage-unsafe"));
}

async function show() {
  await showState();
  const mine = (await all("records")).filter((record) => record.account === session?.account);
  showToday(at("today"), list, mine, begin);
  at("incomplete").hidden = list?.complete !== false;
  if (session) await showQueues(session.account, { resume, correct, again: () => send(true), show });
  await showStorage();
}

async function finished(word) {
  tell(say(word));
  at("home").querySelector("h1").focus();
  await show();
  if (word !== "saved") return;
  await navigator.storage?.persist?.();
  await send();
}

const resume = (record) => capture.open(record, finished);

async function correct(record) {
  await resume(await capture.correction(record));
}

function begin(firm, inspection) {
  const given = { day: day(Date.now()), uscc: firm?.uscc ?? "", district: firm?.district ?? session.organisation, enterprise: firm?.name ?? "" };
  const firstRow = { account: session.account, name: "" };
  const team = inspection?.inspectors ?? [firstRow];
  team.forEach((one, n) => {
    for (const part of ["account", "name", "card_no"]) given[`inspector-${n}-${part}`] = one[part] ?? "";
    given[`inspector-${n}-recusal`] = { true: "true", false: "false" }[one.recusal_declared] ?? "";
  });
  const draft = capture.draft(session.account, given);
  given.inspection_id = inspection?.inspection_id ?? `spot-${draft.key}`;
  if (inspection) given.kind = inspection.kind;
  findings(firm, inspection);
  return capture.open(draft, finished);
}

// Sends what waits and shows what came of it; comes back by itself when the next one is due.
async function send(hurry = false) {
  clearTimeout(timer);
  if (!session || !navigator.onLine) return;
  const said = await flush(session.account, hurry);
  if (said) tell("");
  if (said || (await unsent(session.account)).some((record) => record.trouble === "signed-out")) {
    ({ session, list } = await refresh());
    if (!session) return show();
  }
  const wait = await due(session.account);
  if (wait !== null) timer = setTimeout(send, Math.max(1_000, wait));
  await show();
}

async function renew(hurry = false) {
  ({ session, list } = await refresh());
  await show();
  await send(hurry);
}

const find = () => showFound(at("found"), list, at("find").value.trim(), begin);

// The worker that opens the page without a network. A browser inside another app often has none.
async function register() {
  if (!("serviceWorker" in navigator)) {
    at("no-worker").hidden = false;
    return;
  }
  const policy = globalThis.trustedTypes?.createPolicy("dudao", {
    createScriptURL: (address) => {
      if (address !== "/sw.js") throw new TypeError(address);
      return address;
    },
  });
  const had = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener("controllerchange", () => had && tell(say("new-version")));
  try {
    await navigator.serviceWorker.register(policy ? policy.createScriptURL("/sw.js") : "/sw.js", { scope: "/", updateViaCache: "none" });
    await navigator.serviceWorker.ready;
    at("ready").hidden = false;
  } catch {
    at("no-worker").hidden = false;
  }
}

// What this device could not do (no room left, say) is said wherever one is; nothing that was kept is touched.
addEventListener("unhandledrejection", ({ reason }) => {
  at("trouble").hidden = false;
  at("trouble").textContent = say("failed", reason?.message ?? reason);
});
at("send").onclick = () => send(true);
at("renew").onclick = () => renew();
at("find").oninput = find;
at("elsewhere").onclick = () => begin(null);
at("take-away").onclick = async () => tell(await takeAway(session, at("files")));
addEventListener("online", () => renew(true));
addEventListener("offline", showState);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  if (!list || Date.now() - list.at > STALE) renew();
  else send();
});

at("app").hidden = false;
at("without").hidden = true;
({ session, list } = await kept());
await show();
await renew();
await register();
