// The three lists: drafts, what waits, what has its receipt.

import { remove } from "./capture.js";
import { confirm } from "./queue.js";
import { all, put } from "./store.js";
import { button, clock, el, say } from "./words.js";

const question = document.getElementById("question");

// Asks before something goes for good.
function sure(text) {
  question.querySelector("p").textContent = text;
  question.showModal();
  return new Promise((resolve) => {
    question.onclose = () => resolve(question.returnValue === "yes");
  });
}

const title = (record) => el("h3", {}, record.form.enterprise || record.form.uscc || say("unnamed"));

function draft(record, { resume, show }) {
  const leave = async () => {
    if (!(await sure(say("sure", record.form.enterprise || record.form.uscc)))) return;
    await remove(record.key);
    await show();
  };
  return el("li", {}, title(record), el("p", {}, say("changed", clock(record.updated_at))),
    el("p", { className: "actions" }, button(say("resume"), "", () => resume(record)), button(say("delete"), "second", leave)));
}

function reason({ status, detail, errors }) {
  const half = (text) => (text.includes(" / ") ? text.split(" / ")[document.documentElement.lang === "en" ? 1 : 0] : text);
  return el("div", { className: "refusal" },
    el("p", { className: "fault" }, say("refused", status), " ", half(detail ?? "")),
    el("ul", {}, ...errors.filter((one) => one.reason !== detail).map((one) => el("li", {}, `${one.field}: ${half(one.reason)}`))));
}

function waiting(record, { correct, again, show }) {
  const about = say("saved-at", clock(record.saved_at), record.sequence, record.photos.length);
  if (record.state === "ready") {
    return el("li", {}, title(record), el("p", {}, about), el("p", { className: "note" }, record.trouble ? say(`trouble-${record.trouble}`) : say("will-send")));
  }
  const resend = async () => {
    await put("records", { ...record, state: "ready", again_at: 0, problem: null });
    await again();
    await show();
  };
  return el("li", {}, title(record), el("p", {}, about), reason(record.problem),
    record.replaced_by ? el("p", { className: "note" }, say("replaced")) :
      el("p", { className: "actions" }, button(say("correct"), "", () => correct(record)), button(say("resend"), "second", resend)));
}

function sent(record) {
  const { position, recorded_at, leaf } = record.receipt;
  const told = el("p", { className: "note", role: "status" });
  const check = async () => {
    told.textContent = await confirm(record).then((same) => say(same ? "same" : "not-same"), () => say("trouble-no-network"));
  };
  return el("li", {}, title(record),
    el("p", {}, say("receipt", position, clock(recorded_at)), leaf ? el("small", { className: "leaf" }, say("leaf", leaf)) : ""),
    told, el("p", { className: "actions" }, el("a", { className: "button second", href: `/entries/${position}` }, say("entry")), button(say("confirm"), "second", check)));
}

export async function showQueues(account, doing) {
  const mine = (await all("records")).filter((record) => record.account === account);
  const fill = (id, records, item) => {
    const box = document.getElementById(id);
    box.replaceChildren(...(records.length ? records.map((record) => item(record, doing)) : [el("li", { className: "empty" }, say("none"))]));
    document.getElementById(`${id}-count`).textContent = records.length;
  };
  const late = (a, b) => (b.sequence ?? 0) - (a.sequence ?? 0);
  fill("drafts", mine.filter((r) => r.state === "draft"), draft);
  fill("queue", mine.filter((r) => r.state === "ready" || r.state === "refused").sort(late), waiting);
  fill("sent", mine.filter((r) => r.state === "sent").sort(late).slice(0, 50), sent);
}
