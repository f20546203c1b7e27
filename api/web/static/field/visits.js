// Where to go today, and what is known of an enterprise at its door.

import { button, el, say } from "./words.js";

const MOST_FOUND = 20;

const items = (list, text) => (list?.length ? el("ul", {}, ...list.map((one) => el("li", {}, text(one)))) : el("p", { className: "note" }, say("none")));
const occupation = ({ name, trade }) => (trade ? `${name}(${trade})` : name);
const scope = (firm) => items(firm.scope, (item) => `${occupation(item)}: ${item.levels.map((level) => say(`level.${level}`)).join("、")}`);
const standing = (firm) => `${say(`standing.${firm.standing}`)}${firm.valid_to ? ` · ${say("until", firm.valid_to)}` : ""}`;

function known(firm, of) {
  const told = [];
  const add = (word, ...shown) => told.push(el("dt", {}, say(word)), el("dd", {}, ...shown));
  if (firm) {
    add("address", firm.address);
    add("standing", standing(firm));
    add("scope", scope(firm));
  }
  if (of) {
    add("planned", items(of.planned, (one) => `${one.planned_on} ${occupation(one.occupation)} · ${one.headcount}`));
    add("sessions", items(of.sessions, (one) => `${one.held_from} ${occupation(one.occupation)} ${say(`level.${one.level}`)} · ${one.assessment_id}`));
    add("findings", items(of.findings, (one) => `${say(`severity.${one.severity}`)} · ${one.statement}`));
    add("flags", say("breaches", of.flags.count), items(of.flags.items, (one) => `${one.code} ${one.valid_at} ${one.message[document.documentElement.lang === "en" ? "en" : "zh"]}`));
  }
  return el("dl", { className: "facts" }, ...told);
}

// Shows at the first step what is known of the enterprise, and offers its sessions.
export function findings(firm, of) {
  const box = document.getElementById("known");
  box.hidden = !firm;
  document.getElementById("firm").textContent = firm?.name ?? "";
  box.querySelector("div").replaceChildren(known(firm, of));
  document.getElementById("sessions").replaceChildren(
    ...(of?.sessions ?? []).map((one) => el("option", { value: one.assessment_id, label: `${one.held_from} ${occupation(one.occupation)}` })));
}

// What this phone holds of a visit already; a refused record counts as its correction.
function held(of, records) {
  const states = records.filter((r) => r.form.inspection_id === of.inspection_id && !r.replaced_by).map((r) => r.state);
  return states.length ? el("p", { className: "note" }, say(`held-${states.at(-1)}`)) : "";
}

function visit(of, records, begin) {
  const firm = of.enterprise;
  return el("li", { className: "visit" },
    el("h3", {}, firm?.name ?? of.uscc),
    el("p", {}, `${say(`inspection.${of.kind}`)} · ${say("dispatched", of.dispatched_on)}`, el("br"), firm?.address ?? ""),
    held(of, records),
    el("details", {}, el("summary", {}, say("known", of.findings.length, of.flags.count)), known(firm, of)),
    button(say("begin"), "big", () => begin({ district: of.district, uscc: of.uscc, ...firm }, of)));
}

export function showToday(box, list, records, begin) {
  const visits = (list?.inspections ?? []).map((of) => visit(of, records, begin));
  box.replaceChildren(...(visits.length ? visits : [el("li", { className: "empty" }, say(list ? "no-visits" : "no-list"))]));
}

export function showFound(box, list, sought, begin) {
  const fits = (firm) => firm.name.includes(sought) || firm.uscc.includes(sought.toUpperCase()) || firm.scope.some((item) => occupation(item).includes(sought));
  const found = sought.length < 2 ? [] : (list?.enterprises ?? []).filter(fits).slice(0, MOST_FOUND);
  const none = sought.length < 2 ? [] : [el("li", { className: "empty" }, say("not-found"))];
  box.replaceChildren(...(found.length ? found.map((firm) => el("li", { className: "visit" },
    el("h3", {}, firm.name), el("p", {}, firm.uscc, el("br"), standing(firm)), button(say("begin"), "second big", () => begin(firm)))) : none));
}
