// The slider over the days of an enterprise: the page of another day is fetched, and what depends on the day is put
// in place. Without a script the clock bar does the same.

const policy = globalThis.trustedTypes?.createPolicy("dudao", { createHTML: (html) => html });
const DAY = 86_400_000;
const PARTS = [".areas", ".search", ".clocks", ".tabs", ".about", "#on-day", ".foot"];

const form = document.getElementById("days");
const slider = document.getElementById("day-slider");
const shown = document.getElementById("day-shown");
const first = Date.parse(form.dataset.first);

const dayOf = (steps) => new Date(first + steps * DAY).toISOString().slice(0, 10);

let asked; // what is under way: another step of the slider ends it
let waiting;

function put(page) {
  for (const part of PARTS) {
    const old = document.querySelector(part);
    const now = page.querySelector(part);
    if (old && now) old.replaceWith(now);
  }
  // The sentence stays where it is and is filled anew: a screen reader reads it out, and it alone.
  const sentence = page.getElementById("status");
  if (sentence) document.getElementById("status").replaceChildren(...sentence.childNodes);
}

async function go(day) {
  asked?.abort();
  asked = new AbortController();
  const address = new URL(location.href);
  address.searchParams.set("valid_at", day);
  for (const name of ["min_position", "rules", "exact"]) address.searchParams.delete(name);
  try {
    const answer = await fetch(address, { signal: asked.signal, headers: { Accept: "text/html" } });
    if (!answer.ok) return location.assign(address);
    const html = await answer.text();
    const open = document.querySelector(".facts-of-picture")?.open;
    put(new DOMParser().parseFromString(policy?.createHTML(html) ?? html, "text/html"));
    const facts = document.querySelector(".facts-of-picture");
    if (facts && open) facts.open = true;
    history.replaceState(null, "", address);
  } catch (error) {
    if (error.name !== "AbortError") location.assign(address);
  }
}

slider.value = (Date.parse(shown.value) - first) / DAY;
form.hidden = false;
slider.addEventListener("input", () => {
  shown.value = dayOf(Number(slider.value));
  slider.ariaValueText = shown.value;
  clearTimeout(waiting);
  waiting = setTimeout(go, 120, shown.value);
});
slider.ariaValueText = shown.value;
form.addEventListener("submit", (event) => event.preventDefault());
