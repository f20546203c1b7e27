// Where to go today, and what is known of an enterprise at its door; the server says it, in the reader's language.

import { at, copy, el, fill, lines, say } from "./words.js";

const told = (said) => (said.map ? lines(said) : said);
const facts = (about) => about.flatMap(([term, said]) => [el("dt", {}, term), el("dd", {}, told(said))]);

// Shows at the first step what is known of the enterprise, and offers its sessions; nothing of another one is left.
export function showKnown(name, about, sessions) {
  at("known").hidden = !about;
  at("firm").textContent = name;
  at("known").querySelector("dl").replaceChildren(...facts(about ?? []));
  at("sessions").replaceChildren(...(sessions ?? []).map(([value, label]) => el("option", { value, label })));
}

// What this phone holds of a visit already; a refused record counts as its correction.
export const heldOf = (visit, records) => records.filter((record) => record.visit === visit && !record.replaced_by);

export function showToday(list, records, begin) {
  const visits = (list?.inspections ?? []).map((of) => {
    const held = heldOf(of.inspection_id, records).at(-1);
    const given = { ...of.told, firm: of.enterprise?.name ?? of.uscc, address: of.enterprise?.address, held: held && say(`held-${held.state}`) };
    return copy("visit-item", { ...given, facts: facts(of.told.facts) }, { begin: () => begin({ ...of, ...of.enterprise }, of) });
  });
  fill("today", visits, list ? "no-visits" : "no-list");
}

export function showFound(list, sought, begin) {
  const fits = (firm) => [firm.name, firm.uscc, ...firm.scope].join("\n").toUpperCase().includes(sought.toUpperCase());
  const found = sought.length < 2 ? [] : (list?.enterprises ?? []).filter(fits).slice(0, 20);
  const items = found.map((firm) => copy("found-item", firm, { begin: () => begin(firm) }));
  fill("found", items, sought.length > 1 && "not-found");
}
