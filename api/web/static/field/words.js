// Texts come from the page, which the server wrote in the reader's language; so do the pieces that lists are made of.

export const at = (id) => document.getElementById(id);

const words = JSON.parse(at("words").dataset.words);

export const say = (name, ...values) => values.reduce((text, value, n) => text.replaceAll(`{${n}}`, () => value), words[name] ?? name);

// Makes an element; texts are only ever texts.
export function el(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export const lines = (texts) => el("ul", {}, ...texts.map((text) => el("li", {}, text)));

// Shows a list, or the word why it is empty. Not under a finger: what is replaced between press and release is not pressed.
export function fill(id, items, empty) {
  const place = at(id);
  place.next = items;
  if (place.matches(":active")) setTimeout(() => place.next === items && fill(id, items, empty), 50);
  else place.replaceChildren(...(items.length || !empty ? items : [el("li", { className: "empty" }, say(empty))]));
}

// A copy of a template of the page: what `data-t` names is filled in, what `data-on` names is done by a press, and then
// `after` unless it gave false. Whatever is not given is left out.
export function copy(id, given, acts, after) {
  const made = at(id).content.firstElementChild.cloneNode(true);
  for (const each of made.querySelectorAll("[data-t], [data-on]")) {
    const { t, on } = each.dataset;
    const what = on ? acts[on] : given[t];
    if (!what) each.remove();
    else if (on) each.onclick = async () => (await what()) === false || after?.();
    else each.append(...[what].flat());
  }
  return made;
}

const standing = new Map();

// Says what this device could not do, in a sentence that stays until it could: nothing that was kept is touched. `about`
// names what it was, so that a later success (no error) takes the sentence away.
export function trouble(about, error) {
  if (error) standing.set(about, say(error.word ?? "failed", error.message ?? String(error)));
  else standing.delete(about);
  at("trouble").replaceChildren(lines([...standing.values()]));
  at("trouble").hidden = !standing.size;
}

const beijing = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" });
export const clock = (instant) => beijing.format(new Date(instant));
export const day = (instant) => clock(instant).slice(0, 10);
export const size = (bytes) => `${Math.ceil(bytes / 1e5) / 10} MB`;

// What a field is called: its label or legend, without what is said beside it.
export function title(field) {
  const [label] = (field.type !== "radio" && field.labels) || [];
  return (label ?? field.closest("fieldset").querySelector("legend")).firstChild.textContent.trim();
}
