// Texts come from the page, which the server wrote in the reader's language.

const words = new Map();
for (const each of document.getElementById("words").content.querySelectorAll("[data-word]")) {
  words.set(each.dataset.word, each.textContent.trim());
}

export function say(name, ...values) {
  let text = words.get(name) ?? name;
  values.forEach((value, place) => { text = text.replaceAll(`{${place}}`, value); });
  return text;
}

// Makes an element; texts are only ever texts.
export function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  const { data, ...plain } = properties;
  Object.assign(made, plain);
  Object.assign(made.dataset, data);
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

export const button = (text, className, onclick) => el("button", { type: "button", className, onclick }, text);

const beijing = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" });
export const clock = (instant) => beijing.format(new Date(instant));
export const day = (instant) => clock(instant).slice(0, 10);
export function size(bytes) {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

// What a field is called: its label or legend, without what is said beside it.
export function title(field) {
  const named = field.matches("fieldset") ? field.querySelector("legend") : field.closest(field.type === "radio" ? "fieldset" : ".field").querySelector("legend, label");
  return named.firstChild.textContent.trim();
}
