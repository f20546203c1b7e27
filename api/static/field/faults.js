// What is wrong: on top with links to the fields, beside each field, and the focus goes to the top.

import { el, say } from "./words.js";

const summary = document.getElementById("faults");

function clear() {
  document.querySelectorAll("[data-fault]").forEach((each) => each.remove());
  document.querySelectorAll(".field.wrong").forEach((each) => each.classList.remove("wrong"));
  document.querySelectorAll("[aria-invalid]").forEach((each) => {
    each.removeAttribute("aria-invalid");
    if (each.getAttribute("aria-describedby")?.startsWith("fault-")) each.removeAttribute("aria-describedby");
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
    input.setAttribute("aria-describedby", said.id);
  }
}

const label = (field) => {
  const input = document.getElementById(`field-${field}`);
  return (input.querySelector("legend") ?? input.closest(".field").querySelector("label, legend")).textContent.trim();
};

function link({ field, word }) {
  const go = el("a", { href: `#field-${field}` }, label(field));
  go.onclick = (event) => {
    event.preventDefault();
    const input = document.getElementById(`field-${field}`);
    (input.matches("fieldset") ? input.querySelector("input") : input).focus();
  };
  return el("li", {}, go, ": ", say(word));
}

// Shows the faults; none: takes away what was shown. Returns whether there are any.
export function show(faults) {
  clear();
  summary.hidden = faults.length === 0;
  summary.querySelector("ul").replaceChildren(...faults.map(link));
  faults.forEach(beside);
  if (faults.length) summary.focus();
  return faults.length > 0;
}
