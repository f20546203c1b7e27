// One record on the table of one tab. Whatever is begun here (a photo, a position, a signature) belongs to this record
// by its key, whatever is shown when it ends; and the record is not given up before all of it has ended.

import { alter, amend, attach, detach, uuid } from "./records.js";

// Asks for the record; null where another tab has it. `lost` is called when another tab takes it over.
function hold(key, takeOver, lost) {
  if (!navigator.locks) return () => {};
  return new Promise((resolve) => {
    const how = takeOver ? { steal: true } : { ifAvailable: true };
    const held = navigator.locks.request(`dudao-field-record-${key}`, how, (lock) => {
      if (!lock) return resolve(null);
      return new Promise((release) => { resolve(release); });
    });
    held.catch(lost);
  });
}

// Opens a draft for writing. Null: another tab has it, or it is no longer what was `seen`.
export async function edit(seen, { takeOver = false, onLost }) {
  const { key } = seen, run = uuid();
  let record, tail = Promise.resolve(), typed = null, typing = null, under = 0, gone = false;
  let allEnded = () => {};

  const lose = () => {
    if (gone) return;
    gone = true;
    onLost();
  };
  const release = await hold(key, takeOver, lose);
  if (!release) return null;

  // After what was asked before, and whatever became of that: a write that failed does not fail the next.
  function inTurn(write) {
    const turn = tail.then(write).then((outcome) => {
      if (outcome.taken) ({ record } = outcome);
      return outcome.taken;
    });
    tail = turn.catch(() => {});
    return turn;
  }

  // Only who opened the draft last writes what is typed in it; photos that came in meanwhile stay.
  async function put(change) {
    const isOwn = (now) => now?.state === "draft" && now.run === run;
    const outcome = await alter(key, isOwn, (now) => ({ ...change(now), updated_at: Date.now() }));
    if (!outcome.taken) lose();
    return outcome;
  }

  let opened;
  try {
    opened = await inTurn(() => amend(seen, () => ({ run })));
  } finally {
    if (!opened) release();
  }
  if (!opened) return null;

  return {
    key,
    get record() { return record; },

    // Keeps what the form says; what is typed while a write is under way goes with the next one.
    type(form, at) {
      typed = { form, step: at };
      typing ??= inTurn(() => {
        typing = null;
        const now = typed;
        return put(() => now);
      });
      return typing;
    },

    // Changes what else the draft says: `made` gives it from the draft as it is then.
    change: (made) => inTurn(() => put(made)),
    attach: (photo, bytes) => inTurn(() => attach(key, photo, bytes)),
    detach: (leaves) => inTurn(() => detach(key, leaves)),

    // Does something that takes time and belongs to this record.
    async during(work) {
      under += 1;
      try {
        return await work();
      } finally {
        under -= 1;
        if (!under) allEnded();
      }
    },

    // Waits until all that was asked so far is on the disk.
    written: () => tail,

    // Waits until all that was begun has ended and all that was asked is on the disk.
    async settled() {
      while (under > 0) await new Promise((resolve) => { allEnded = resolve; });
      await tail;
    },

    async close() {
      gone = true;
      await this.settled();
      release();
    },
  };
}
