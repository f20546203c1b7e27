// One record on its way: step by step, kept as a draft at every change, shown whole before it is saved.

import { device, seal } from "./chain.js";
import * as faults from "./faults.js";
import * as photos from "./photos.js";
import { locate } from "./place.js";
import * as rules from "./record.js";
import { pad } from "./sign.js";
import { discard, fact, get, put, within } from "./store.js";
import { button, day, el, say, title } from "./words.js";

const form = document.getElementById("record");
const steps = [...form.querySelectorAll("[data-step]")];
const list = {
  questions: [...form.querySelectorAll("[data-question]")].map((each) => each.dataset.item),
  ...Object.fromEntries(["scale", "no", "locating", "signing", "version"].map((name) => [name, form.dataset[name]])),
  located: form.dataset.located.split("|"), signed: form.dataset.signed.split("|"),
};
const signature = pad(form.querySelector("canvas"));
let record = null, at = 0, run = null, done = () => {};

const values = () => Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === "string"));

function fill(given) {
  form.reset();
  for (const field of form.elements) {
    if (!(field.name in given) || field.type === "file") continue;
    if (field.type === "radio") field.checked = field.value === given[field.name];
    else field.value = given[field.name];
  }
}

let keeping = Promise.resolve();
function keepDraft() {
  const form_now = values();
  keeping = keeping.then(async () => {
    if (record?.state === "draft") await put("records", (record = { ...record, form: form_now, updated_at: Date.now() }));
  });
  return keeping;
}

// What of the form is shown depends on what was answered.
function unfold() {
  const now = values();
  list.questions.forEach((_, n) => {
    form.querySelector(`[data-why="${n}"]`).hidden = now[`answer-${n}`] !== list.no && !now[`note-${n}`];
  });
  form.querySelectorAll("[data-signature]").forEach((each) => { each.hidden = each.dataset.signature !== now.signature; });
  const rows = [...form.querySelectorAll("[data-inspector]")];
  const used = Math.max(1, ...rows.map((_, n) => (now[`inspector-${n}-account`] || now[`inspector-${n}-name`] ? n : 0)));
  rows.forEach((row, n) => { if (n <= used) row.hidden = false; });
}

const pictures = () =>
  Promise.all([...form.querySelectorAll("ul[data-photos]")].map((ul) => photos.show(ul, record.photos, ul.dataset.photos, leaveOut)));

async function leaveOut(photo) {
  record.photos = record.photos.filter((each) => each !== photo);
  await keepDraft();
  await pictures();
}

async function add(kept) {
  record.photos = [...record.photos, ...kept];
  await keepDraft();
  await pictures();
  faults.mended(missing());
}

async function chosen(input) {
  const [kept, left] = await photos.take(input.files, input.dataset.for);
  input.value = "";
  form.querySelector(`[data-left="${input.dataset.for}"]`).textContent = left.length ? say("not-sent", left.join(", ")) : "";
  await add(kept);
}

async function sign() {
  const blob = await signature.picture();
  if (!blob) return;
  record.photos = record.photos.filter((each) => each.item !== "signature");
  const kept = await photos.keep(blob, "signature.png", "signature", new Date().toISOString());
  await add([kept]);
  signature.clear();
}

const standsIn = (step) => ({ field }) => steps[step].contains(document.getElementById(`field-${field}`));

function turn(step) {
  at = step;
  steps.forEach((each, n) => { each.hidden = n !== at; });
  form.querySelector("[data-progress]").textContent = say("step", at + 1, steps.length);
  form.querySelector("[data-next]").hidden = at === steps.length - 1;
  form.querySelector("[data-save]").hidden = at !== steps.length - 1;
  faults.show([]);
  unfold();
  if (at === steps.length - 1) review();
  steps[at].querySelector("h2").focus();
  scrollTo(0, 0);
}

const missing = () => rules.faults(values(), record.photos, list, day(Date.now()));

// Goes on where this step is complete. Each step has its place in the browser's history: back is back.
async function next() {
  await keepDraft();
  if (faults.show(missing().filter(standsIn(at)))) return;
  history.pushState({ step: at + 1, run }, "");
  turn(at + 1);
}

function answered(field) {
  const radio = field.type === "radio";
  if ((radio && !field.checked) || field.type === "file" || field.type === "hidden" || !field.value || !field.name) return null;
  const value = radio ? field.closest("label").textContent : field.selectedOptions?.[0].textContent ?? field.value;
  return [el("dt", {}, title(field)), el("dd", {}, value.trim())];
}

function review() {
  const shown = steps.slice(0, -1).map((step, n) => {
    const facts = [...step.querySelectorAll("input, select, textarea")].filter((f) => !f.closest("[data-signature][hidden]")).map(answered).filter(Boolean);
    const pictured = record.photos.filter((p) => step.querySelector(`[data-photos="${p.item}"]`)).length;
    return el("section", {},
      el("h3", {}, step.querySelector("h2").textContent.trim(), " ", button(say("change"), "second", () => history.go(n - at))),
      el("dl", { className: "facts" }, ...facts.flat()),
      pictured ? el("p", {}, say("photos", pictured)) : "");
  });
  const doubts = rules.doubts(values(), record.photos, list);
  form.querySelector("#doubts").replaceChildren(...doubts.map(({ word, about }) => el("li", {}, say(word, about === "" ? "" : list.questions[about]))));
  form.querySelector("#doubts").hidden = doubts.length === 0;
  form.querySelector("#review").replaceChildren(...shown);
}

async function save() {
  await keepDraft();
  const wrong = missing();
  if (wrong.length) {
    turn(steps.findIndex((_, n) => standsIn(n)(wrong[0])));
    faults.show(wrong.filter(standsIn(at)));
    return;
  }
  if (record.form.signature === "refused") record.photos = record.photos.filter((each) => each.item !== "signature");
  await keepDraft();
  const now = new Date();
  const event = rules.eventOf(record.form, record.photos, list, {
    device_id: await device(), offline: !navigator.onLine, captured_at: now.toISOString().replace(/\.\d+Z$/, "Z"),
  });
  const around = { checklist: list.version, page: form.dataset.page, clock_offset_ms: (await fact("clock_offset_ms")) ?? null };
  await seal(record.key, event, around);
  await close("saved");
  history.go(-1 - at);
}

async function close(word) {
  await keeping;
  record = null;
  document.getElementById("capture").hidden = true;
  document.getElementById("home").hidden = false;
  done(word);
}

// Opens a draft, new or kept.
export async function open(draft, whenDone) {
  record = draft;
  done = whenDone;
  await put("records", record);
  form.querySelectorAll("[data-inspector]").forEach((row, n) => { row.hidden = n > 1; });
  fill(record.form);
  await pictures();
  document.getElementById("home").hidden = true;
  document.getElementById("capture").hidden = false;
  run = crypto.randomUUID();
  history.pushState({ step: 0, run }, "");
  turn(0);
}

export const draft = (account, given) => ({
  key: crypto.randomUUID(), account, state: "draft", form: given, photos: [], updated_at: Date.now(),
});

// A new record in place of a refused one, with a key of its own; the refused one stays, with its reason.
export async function correction(refused) {
  const made = { ...draft(refused.account, refused.form), photos: refused.photos, replaces: refused.key };
  await within(["records"], (store) => {
    store("records").put(made);
    store("records").put({ ...refused, replaced_by: made.key });
  });
  return made;
}

// Takes a draft away; what it was to correct can be corrected anew.
export async function remove(key) {
  const record = await get("records", key);
  const refused = record.replaces && (await get("records", record.replaces));
  if (refused) await put("records", { ...refused, replaced_by: undefined });
  await discard(record);
}

document.addEventListener("visibilitychange", () => document.hidden && keepDraft());
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", () => {
  unfold();
  faults.mended(missing());
});
form.addEventListener("change", (event) => (event.target.type === "file" ? chosen(event.target) : keepDraft()));
form.querySelector("[data-next]").onclick = next;
form.querySelector("[data-save]").onclick = (event) => {
  event.target.disabled = true;
  save().finally(() => { event.target.disabled = false; });
};
form.querySelector("[data-back]").onclick = () => history.back();
form.querySelector("[data-locate]").onclick = async () => {
  form.querySelector("#located").textContent = say("place-asking");
  form.querySelector("#located").textContent = await locate(form.elements);
  await keepDraft();
};
form.querySelector("[data-sign]").onclick = sign;
form.querySelector("[data-clear]").onclick = signature.clear;
form.querySelector("[data-more]").onclick = () => { form.querySelector("[data-inspector][hidden]")?.removeAttribute("hidden"); };
addEventListener("popstate", async ({ state }) => {
  if (!record) return;
  await keepDraft();
  if (state?.run !== run) await close("kept-draft");
  else turn(state.step);
});
