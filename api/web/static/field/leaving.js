// Signing out: what is not sent yet stays on the phone, and whoever leaves is told so first.

import { unsent } from "./records.js";
import { drop, forget } from "./session.js";
import { fact } from "./store.js";

const form = document.querySelector('form[action="/sign-out"]');
const dialog = document.getElementById("leaving");

// The credential of the device stays only as long as something waits that it may send.
async function leave() {
  try {
    const account = await whose();
    if (account && !(await unsent(account)).length) await drop(account);
    await forget();
  } finally {
    form.submit();
  }
}

const show = (parts, holds) => dialog.querySelectorAll(parts).forEach((each) => { each.hidden = !holds; });
const whose = async () => form.dataset.account || (await fact("session"))?.account;

if (form) form.onsubmit = async (event) => {
  event.preventDefault();
  // A store that cannot be opened keeps nobody signed in.
  const count = (await whose().then(unsent).catch(() => [])).length;
  show("[data-online]", navigator.onLine);
  show("[data-offline]", !navigator.onLine);
  show("[data-unsent]", count);
  dialog.querySelector("[data-count]").textContent = count;
  if (!count && navigator.onLine) await leave();
  else dialog.showModal();
};
if (dialog) dialog.querySelector("[data-leave]").onclick = leave;
