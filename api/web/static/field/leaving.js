// Signing out: what is not sent yet stays on the phone, and whoever leaves is told so first.

import { fact, unsent } from "./store.js";
import { forget } from "./today.js";

const form = document.querySelector('form[action="/sign-out"]');
const dialog = document.getElementById("leaving");

async function leave() {
  await forget();
  form.submit();
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const account = form.dataset.account || (await fact("session"))?.account;
  const count = (await unsent(account)).length;
  dialog.querySelectorAll("[data-online]").forEach((each) => { each.hidden = !navigator.onLine; });
  dialog.querySelector("[data-offline]").hidden = navigator.onLine;
  dialog.querySelector("[data-unsent]").hidden = count === 0;
  dialog.querySelector("[data-count]").textContent = count;
  if (count === 0 && navigator.onLine) await leave();
  else dialog.showModal();
});
dialog?.querySelector("[data-leave]").addEventListener("click", leave);
dialog?.querySelector("[data-stay]").addEventListener("click", () => dialog.close());
