// What is missing or cannot be, as the form itself says it (`data-need`): on top with links to the fields, beside each
// field, and the focus goes to the top.

import { isUscc } from "./record.js";
import { at, el, title } from "./words.js";

const form = at("record"), summary = at("faults");
let shown = [];

// The fields at fault. A field is needed where another one is given or is of a value (`data-when`), and not where
// another one is given (`data-unless`); what is in it is of its pattern, and of a kind that no pattern tells.
export function missing(values, photos, today) {
  const of = (name) => (values[name] ?? "").trim();
  const kinds = {
    uscc: isUscc,
    day: (day) => day <= today && Date.parse(day) > 0,
    due: (due) => due >= of("day") && Date.parse(due) > 0,
    signature: (how) => how === "refused" || photos.some(({ item }) => item === "signature"),
  };
  return [...form.querySelectorAll("[data-need]")].filter(({ id, dataset }) => {
    const name = id.replace("field-", ""), text = of(name), [other, value] = (dataset.when ?? "").split("=");
    if (text) return !RegExp(`^(${dataset.pattern ?? ".*"})$`, "s").test(text) || kinds[name.split("-")[0]]?.(text) === false;
    return !of(dataset.unless) && (!other || (value ? of(other) === value : of(other)));
  });
}

function describe(input, fault) {
  const said = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && !id.startsWith("fault-"));
  input.setAttribute("aria-describedby", [...said, ...fault].join(" "));
  input.ariaInvalid = fault.length ? "true" : null;
}

function beside(input) {
  const said = el("p", { className: "fault", id: input.id.replace("field", "fault") }, input.dataset.need);
  const around = input.closest(".field");
  around.classList.add("wrong");
  if (input === around) return around.querySelector("legend").after(said);
  input.before(said);
  describe(input, [said.id]);
}

function link(input) {
  const go = el("a", { href: `#${input.id}` }, title(input));
  go.onclick = (event) => {
    event.preventDefault();
    (input.querySelector("input") ?? input).focus();
  };
  return el("li", {}, go, ": ", input.dataset.need);
}

function draw(faults) {
  form.querySelectorAll("[id^='fault-']").forEach((each) => each.remove());
  form.querySelectorAll(".wrong").forEach((each) => each.classList.remove("wrong"));
  form.querySelectorAll("[aria-invalid]").forEach((each) => describe(each, []));
  shown = faults;
  summary.hidden = !faults.length;
  summary.querySelector("ul").replaceChildren(...faults.map(link));
  faults.forEach(beside);
}

// Shows the faults; none: takes away what was shown. Returns whether there are any.
export function show(faults) {
  draw(faults);
  if (faults.length) summary.focus();
  return faults.length > 0;
}

// Takes away those of the shown faults that are no longer among `faults`; nothing new appears while one types.
export function mended(faults) {
  const left = shown.filter((each) => faults.includes(each));
  if (left.length < shown.length) draw(left);
}
