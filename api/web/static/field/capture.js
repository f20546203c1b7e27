// One record on its way: step by step, kept as a draft at every key that is pressed, shown whole before it is saved.
// Everything here is done for an editor, which is one record's; `current` only says which one the screen shows.

import { device, seal } from "./chain.js";
import { edit } from "./editor.js";
import * as faults from "./faults.js";
import * as photos from "./photos.js";
import { follow } from "./place.js";
import { sure } from "./queues.js";
import { doubts, eventOf, relist } from "./record.js";
import { uuid } from "./records.js";
import { offset } from "./session.js";
import { pad } from "./sign.js";
import { get } from "./store.js";
import { at, day, el, lines, say, title, trouble } from "./words.js";

const form = at("record");
const part = (selector) => form.querySelector(selector);
const parts = (selector) => [...form.querySelectorAll(selector)];
const steps = parts("[data-step]");
const list = {
  ...form.dataset, located: form.dataset.located.split("|"), signed: form.dataset.signed.split("|"),
  questions: parts("[data-question]").map(({ dataset }) => ({ key: dataset.question, item: dataset.item })),
};
export const checklist = { version: list.version, items: Object.fromEntries(list.questions.map(({ key, item }) => [key, item])) };
const signature = pad(part("canvas"));

// What the screen shows: {editor, step, run, depth, place, known, today, done}; null on the first page.
let current = null;
const shows = (editor) => current?.editor === editor;
export const today = async () => day(Date.now() - await offset());

const values = () => Object.fromEntries(new FormData(form));
const unkept = (error) => trouble("typing", error);

// Every field says what the record says, and nothing of the one that was shown before.
function fill(given) {
  form.reset();
  for (const field of form.elements) {
    if (field.type === "radio") field.checked = field.value === given[field.name];
    else if (field.name) field.value = given[field.name] ?? "";
    if (field.selectedIndex < 0) field.selectedIndex = 0;
  }
}

// Keeps what is on the screen, of the record that the screen shows; while it is being sealed it is kept already.
function keep() {
  const kept = form.inert ? Promise.resolve() : current.editor.type(values(), current.step);
  kept.then((taken) => taken && unkept(), unkept);
  return kept;
}

// What of the form is shown depends on what was answered.
function unfold() {
  const now = values(), { photos: taken, again = [], dropped = [] } = current.editor.record;
  for (const { key } of list.questions) {
    part(`[data-why="${key}"]`).open ||= now[`answer-${key}`] === list.no || now[`note-${key}`] || taken.some(({ item }) => item === key);
  }
  part("[data-rest]").hidden = list.questions.every(({ key }) => now[`answer-${key}`]);
  parts("[data-signature]").forEach((each) => { each.hidden = each.dataset.signature !== now.signature; });
  parts("[data-inspector]").forEach((row, n) => { if (now[`inspector-${n}-account`] || now[`inspector-${n}-name`]) row.hidden = false; });
  // Which questions are still to be answered anew, and what was said to those that are gone.
  const open = again.filter((key) => !now[`answer-${key}`]).length;
  at("relisted").hidden = !open && !dropped.length;
  at("relisted").replaceChildren(say(open ? "relisted" : "relisted-done", open), " ", ...(dropped.length ? [say("dropped"), lines(dropped)] : []));
}

const missing = (editor) => faults.missing(values(), editor.record.photos, current.today);

// What came to the record, or left it, is shown where the record is.
async function pictures(editor) {
  const leaveOut = async ({ id }) => {
    await editor.detach((each) => each.id === id);
    await pictures(editor);
  };
  const mark = async (photo) => {
    try {
      await photos.mark(editor, photo);
      trouble("photos");
    } catch (error) {
      trouble("photos", error);
    }
    await pictures(editor);
  };
  await Promise.all(parts("ul[data-photos]").map((ul) => photos.show(editor, ul, { leaveOut, mark }, () => shows(editor))));
  if (!shows(editor)) return;
  unfold();
  faults.mended(missing(editor));
}

// The photos that were chosen, for the record that was shown when they were.
async function chosen(input) {
  const { editor, place } = current;
  const { for: item } = input.dataset, files = [...input.files];
  const told = (selector, text) => { if (shows(editor)) part(selector).textContent = text; };
  input.value = "";
  try {
    const left = await photos.take(editor, files, item, place.now, (text) => told("[data-busy]", text));
    trouble("photos");
    told(`[data-left="${item}"]`, left.length ? say("not-sent", left.join(", ")) : "");
  } catch (error) {
    trouble("photos", error);
  }
  told("[data-busy]", "");
  await pictures(editor);
}

// Takes the signature off the pad, with the name that was printed for it, into the record that is shown.
async function sign(editor) {
  const drawn = signature.take(at("signatory").value.trim());
  if (!drawn) return;
  at("signatory").value = "";
  const about = { item: "signature", file_name: "signature.png", taken_at: new Date().toISOString() };
  await editor.during(async () => photos.keep(editor, await drawn, about));
  await pictures(editor);
}

function turn(step) {
  current.step = step;
  steps.forEach((each, n) => { each.hidden = n !== step; });
  const last = step === steps.length - 1;
  part("[data-progress]").textContent = say("step", step + 1, steps.length);
  part("[data-jump]").open = false;
  part("[data-next]").hidden = last;
  part("[data-save]").hidden = !last;
  faults.show([]);
  unfold();
  if (last) review();
  else current.place.follow();
  steps[step].querySelector("h1").focus();
  scrollTo(0, 0);
}

// Each step has its place in the browser's history: back is back.
function go(step) {
  current.depth += 1;
  history.pushState({ step, run: current.run, depth: current.depth }, "");
  turn(step);
}

// Waits until all that was begun for this record is on the disk; false where it cannot be, which is said.
async function settle(editor) {
  try {
    await sign(editor);
    if (shows(editor)) await keep();
    await editor.settled();
  } catch (error) {
    unkept(error);
    return false;
  }
  return shows(editor);
}

const within = (step) => (input) => steps[step].contains(input);

// Goes on where this step is complete.
async function next() {
  const { editor, step } = current;
  if ((await settle(editor)) && current.step === step && !faults.show(missing(editor).filter(within(step)))) go(step + 1);
}

async function jump(step) {
  if (await settle(current.editor)) go(step);
}

function back() {
  const { step, run, depth } = current;
  if (depth > 0 || !step) return history.back();
  keep();
  turn(step - 1);
  history.replaceState({ step: step - 1, run, depth: 0 }, "");
}

// What is in a field, as the form shows it; nothing where it says nothing.
function answered(field) {
  const isChoice = field.type === "radio";
  if (!field.value || (isChoice && !field.checked) || field.closest("[data-signature][hidden]")) return [];
  const value = isChoice ? field.closest("label").textContent : field.selectedOptions?.[0].textContent ?? field.value;
  return [el("dt", {}, title(field)), el("dd", {}, value.trim())];
}

function review() {
  const { editor, place, known, today: now } = current;
  const taken = editor.record.photos;
  place.end();
  at("review").replaceChildren(...steps.slice(0, -1).map((step, n) => {
    const pictured = taken.filter(({ item }) => step.querySelector(`[data-photos="${item}"]`)).length;
    const change = el("button", { type: "button", className: "second", onclick: () => jump(n) }, say("change"));
    return el("section", {}, el("h2", {}, step.querySelector("h1").textContent.trim(), " ", change),
      el("dl", { className: "facts" }, ...[...step.querySelectorAll("[name]")].flatMap(answered)), pictured ? say("photos", pictured) : "");
  }));
  const asked = doubts(values(), taken, list, { ...known, today: now, kept: place.kept() });
  at("doubts").replaceChildren(...asked.map((said) => el("li", {}, say(...said))));
  at("doubts").hidden = !asked.length;
}

async function save() {
  const { editor, done } = current;
  if (!(await settle(editor))) return;
  const wrong = missing(editor);
  if (wrong.length) {
    go(steps.findIndex((step) => step.contains(wrong[0])));
    return faults.show(wrong.filter(within(current.step)));
  }
  if (values().signature === "refused") await editor.detach(({ item }) => item === "signature");
  // From here on nothing is written into it: what is sealed is what was seen.
  form.inert = true;
  const { record } = editor;
  const event = eventOf(record.form, record.photos, list, {
    device_id: await device(), offline: !navigator.onLine, captured_at: new Date().toISOString(),
  });
  const measured = record.photos.map(({ sha256, accuracy_m }) => ({ sha256, accuracy_m }));
  const refused = await seal(record, event, { checklist: list.version, page: list.page, clock_offset_ms: await offset(), measured });
  if (Array.isArray(refused)) return trouble("photos", { word: "photos-lost", message: refused.join(", ") });
  if (refused) return close(editor, "taken-elsewhere");
  // Whoever went back meanwhile is fewer steps from the first page, or there already.
  if (!shows(editor)) return done("saved");
  const { depth } = current;
  await close(editor, "saved");
  history.go(-1 - depth);
}

function show(isCapturing) {
  at("capture").hidden = !isCapturing;
  at("home").hidden = isCapturing;
}

// Leaves the record; what was begun for it goes on, and only then is it given up.
async function close(editor, word) {
  if (!shows(editor)) return;
  const { done, place } = current;
  current = null;
  place.end();
  show(false);
  editor.close().catch(unkept);
  await editor.written();
  done(word);
}

function putPlace(editor, fields, wanted) {
  const now = shows(editor) ? values() : editor.record.form;
  if ((now.place_source === "typed" && !wanted) || (!fields.lon && (now.lon || now.place_missing))) return;
  if (!shows(editor)) return editor.change((record) => ({ form: { ...record.form, ...fields } })).catch(unkept);
  for (const [name, value] of Object.entries(fields)) form.elements[name].value = value;
  keep();
}

// A draft of an earlier list: what stands in this one stays, what does not is asked anew.
const listAnew = (editor) => editor.change((record) => {
  const made = relist(record, list);
  return { ...made, dropped: [...(record.dropped ?? []), ...made.dropped], checklist };
});

// Opens a draft, at the step where it was; `known`: the `venues` of its enterprise, `few` and `far`, as `doubts` asks by them. Returns
// false where another tab has it and `takeOver` was not asked for.
export async function open(seen, { takeOver = false, known, done }) {
  const there = await get("records", seen.key);
  if (there?.state !== "draft") return false;
  const editor = await edit(there, { takeOver, onLost: () => close(editor, "taken-elsewhere") });
  if (!editor) return false;
  if (there.checklist?.version !== list.version) await listAnew(editor);
  const place = follow(there, (...given) => putPlace(editor, ...given), (text) => { if (shows(editor)) at("located").textContent = text; });
  current = { editor, step: 0, run: uuid(), depth: 0, place, known, today: await today(), done };
  parts("[data-inspector]").forEach((row, n) => { row.hidden = n > 1; });
  parts("[data-left], [data-room], [data-busy], #located, ul[data-photos]").forEach((each) => each.replaceChildren());
  parts("[data-why]").forEach((each) => { each.open = false; });
  signature.clear();
  fill(editor.record.form);
  await pictures(editor);
  show(true);
  const step = Math.min(editor.record.step, steps.length - 1);
  history.pushState({ step, run: current.run, depth: 0 }, "");
  turn(step);
  return true;
}

form.oninput = ({ target }) => {
  if (!current || !target.name) return;
  const room = target.parentElement.querySelector("[data-room]");
  if (room) room.textContent = say("room", target.value.length, target.maxLength);
  if (target.name === "lon" || target.name === "lat") form.elements.place_source.value = "typed";
  unfold();
  keep();
  faults.mended(missing(current.editor));
};
form.onchange = ({ target }) => {
  if (current && target.type === "file") chosen(target);
};

// What the buttons of the form do; each does one thing at a time.
const presses = {
  next, save, back,
  // A place that was found at the spot is not given up for that of the office without being asked about.
  async locate() {
    const { place } = current, kept = place.kept();
    if (!kept || (await sure(say("place-replace", kept)))) place.ask();
  },
  sign: () => sign(current.editor),
  clear: signature.clear,
  people: () => part("[data-inspector][hidden]")?.removeAttribute("hidden"),
  // Remaining answers at once; every one can be changed after.
  rest() {
    for (const { key } of list.questions) if (!values()[`answer-${key}`]) part(`[name="answer-${key}"][value="${list.yes}"]`).checked = true;
    unfold();
    faults.mended(missing(current.editor));
    return keep();
  },
  go: (pressed) => jump(Number(pressed.dataset.go)),
};
for (const [name, work] of Object.entries(presses)) {
  for (const pressed of parts(`[data-${name}]`)) {
    pressed.onclick = async () => {
      if (!current) return;
      pressed.disabled = true;
      await Promise.resolve(pressed).then(work).catch(unkept);
      pressed.disabled = form.inert = false;
    };
  }
}

// Back is the head of the step before, not the place where it was left: the browser would go there after us.
history.scrollRestoration = "manual";
onpopstate = async ({ state }) => {
  if (!current) return;
  keep().catch(() => {});
  if (state?.run !== current.run) return close(current.editor, "kept-draft");
  current.depth = state.depth;
  turn(state.step);
};
