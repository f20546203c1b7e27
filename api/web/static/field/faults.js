// What is wrong: on top with links to the fields, beside each field, and the focus goes to the top.

import { el, say, title } from "./words.js";

const summary = document.getElementById("faults");

function clear() {
  document.querySelectorAll("[data-fault]").forEach((each) => each.remove());
  document.querySelectorAll(".field.wrong").forEach((each) => each.classList.remove("wrong"));
  document.querySelectorAll("[aria-invalid]").forEach((each) => {
    each.removeAttribute("aria-invalid");
    const left = (each.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => !id.startsWith("fault-"));
    each.setAttribute("aria-describedby", left.join(" "));
  });
}

function beside({ field, word }) {
  const input = document.getElementById(`field-${field}`);
  const around = input.closest(".field");
  if (around.classList.contains("wrong")) return;
  const said = el("p", { className: "fault", id: `fault-${field}`, data: { fault: field } }, say(word));
  around.classList.add("wrong");
  if (input === around) around.querySelector("legend").after(said);
  else {
    input.before(said);
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${said.id}`.trim());
  }
}

function link({ field, word }) {
  const input = document.getElementById(`field-${field}`);
  const go = el("a", { href: `#field-${field}` }, title(input));
  go.onclick = (event) => {
    event.preventDefault();
    (input.matches("fieldset") ? input.querySelector("input") : input).focus();
  };
  return el("li", {}, go, ": ", say(word));
}

let shown = [];

// Shows the faults; none: takes away what was shown. Returns whether there are any.
export function show(faults) {
  draw(faults);
  if (faults.length) summary.focus();
  return faults.length > 0;
}

// Takes away those of the shown faults that are no longer among `faults`; nothing new appears while one types.
export function mended(faults) {
  const left = shown.filter((each) => faults.some((one) => one.field === each.field && one.word === each.word));
  if (left.length < shown.length) draw(left);
}

function draw(faults) {
  clear();
  shown = faults;
  summary.hidden = faults.length === 0;
  summary.querySelector("ul").replaceChildren(...faults.map(link));
  faults.forEach(beside);
}
