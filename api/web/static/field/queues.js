// The three lists: drafts, what waits, what has its receipt. Every button acts on the record as it was shown.

import { confirm } from "./queue.js";
import { amend, leave } from "./records.js";
import { all } from "./store.js";
import { at, clock, copy, el, fill, lines, say } from "./words.js";

const question = at("question");

// Asks before something is done: whether, and with `reason` also why. Gives false, true or the reason.
export function sure(text, reason = false) {
  const input = at("question-reason");
  at("question-text").textContent = text;
  input.parentElement.hidden = !reason;
  input.value = "";
  question.showModal();
  return new Promise((resolve) => {
    question.onclose = () => resolve(question.returnValue === "yes" && (!reason || input.value.trim()));
  });
}

const half = (text) => text.split(" / ")[document.documentElement.lang === "en" ? 1 : 0] ?? text;
const named = ({ form }) => form.enterprise || form.uscc;

function reason({ status, detail, errors }) {
  const others = errors.filter((one) => one.reason !== detail);
  return [el("p", { className: "fault" }, say("refused", status), half(detail)), lines(others.map((one) => `${one.field}: ${half(one.reason)}`))];
}

function waits(record) {
  if (record.state === "entered") return say("lacking", record.receipt.position, record.lacks);
  return say(record.trouble ? `trouble-${record.trouble}` : "will-send");
}

// What is shown of a record, and what its buttons do; every one ends with all lists shown anew.
const items = {
  draft: (record, { resume }) => [{ changed: clock(record.updated_at), photos: say("photos", record.photos.length) }, {
    resume: () => resume(record),
    remove: async () => {
      if (await sure(say("sure", named(record))) && !(await leave(record))) await sure(say("changed-meanwhile"));
    },
  }],
  ready: (record) => [{ waits: el("span", { id: `sending-${record.key}` }, waits(record)) }, {}],
  refused: (record, { correct, again }) => [{
    reason: reason(record.problem),
    waits: record.replaced_by ? say("replaced") : record.aside && say("aside", clock(record.aside.at), record.aside.reason),
  }, record.replaced_by ? {} : {
    correct: () => correct(record),
    resend: async () => {
      const { taken } = await amend(record, () => ({ state: "ready", again_at: 0, problem: null, aside: null }));
      if (taken) await again();
    },
    aside: record.aside ? null : async () => {
      const why = await sure(say("aside-why"), true);
      if (why) await amend(record, () => ({ aside: { reason: why, at: Date.now() } }));
    },
  }],
  sent: (record) => {
    const { position, recorded_at, leaf } = record.receipt;
    const told = el("span", { role: "status" });
    const entry = el("a", { className: "button second", href: `/entries/${position}` }, say("entry"));
    return [{ receipt: say("receipt", position, clock(recorded_at)), leaf: leaf && say("leaf", leaf), told, entry }, {
      confirm: async () => {
        told.textContent = await confirm(record).then((same) => say(same ? "same" : "not-same"), () => say("trouble-no-network"));
        return false;
      },
    }];
  },
};

export async function showQueues(account, doing) {
  const mine = (await all("records")).filter((record) => record.account === account);
  const item = (record) => {
    const kind = record.state in items ? record.state : "ready";
    const [given, acts] = items[kind](record, doing);
    const about = record.sequence && say("saved-at", clock(record.saved_at), record.sequence, record.photos.length);
    return copy(`${kind}-item`, { title: named(record) || say("unnamed"), about, ...given }, acts, doing.show);
  };
  const show = (id, ...states) => {
    const records = mine.filter(({ state }) => states.includes(state)).sort((a, b) => (b.sequence ?? 0) - (a.sequence ?? 0));
    fill(id, records.map(item), "none");
    at(`${id}-count`).textContent = records.length;
  };
  show("drafts", "draft");
  show("queue", "ready", "entered", "refused");
  show("sent", "sent");
}

// How far the sending of a record is.
export function showSending(record, n, total) {
  at(`sending-${record.key}`)?.replaceChildren(say("sending", n, total));
}
