// From what was filled in to the event that the ledger takes. `values` are the fields of the form by name, the same as
// those of the form without a script; an answer is kept by its question's own key.

const ROWS = 6;
const LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const RECUSALS = { true: true, false: false };

const trimmed = (values) => Object.fromEntries(Object.entries(values).map(([name, text]) => [name, text.trim()]));
const known = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== ""));
const number = (text) => (text ? Number(text) : undefined);
const located = (now) => Boolean(now.lon && now.lat);

// Degrees that a device has measured are evidence of another weight than degrees that somebody typed.
const isTyped = (now) => located(now) && now.place_source !== "device";

// GB 32100-2015: the last character checks the others.
export function isUscc(text) {
  const places = [...text.toUpperCase()].map((letter) => LETTERS.indexOf(letter));
  const sum = places.slice(0, 17).reduce((total, place, n) => (total + place * 3 ** n) % 31, 0);
  return places.length === 18 && !places.includes(-1) && (31 - sum) % 31 === places[17];
}

function inspectors(now) {
  return [...Array(ROWS).keys()].map((n) => (part) => now[`inspector-${n}-${part}`])
    .filter((of) => of("account") || of("name"))
    .map((of) => known({ account: of("account"), name: of("name"), card_no: of("card_no"), recusal_declared: RECUSALS[of("recusal")] }));
}

function place(now) {
  const { address, lon, lat, datum, accuracy_m } = now;
  const found = located(now) && { lon: number(lon), lat: number(lat), datum: datum || "WGS-84", accuracy_m: number(accuracy_m) };
  const where = known({ address, ...found });
  return Object.keys(where).length ? where : undefined;
}

function answers(now, list, captured_at) {
  const asked = list.questions.map(({ key, item }) => known({ item, value: now[`answer-${key}`], scale: list.scale, note: now[`note-${key}`] }));
  const [lacking, typed, scale, fixed] = list.located;
  const [refused, signing] = list.signed;
  const { place_missing, refusal_reason } = now;
  for (const { key, item } of list.questions) {
    const due = now[`due-${key}`];
    if (due && now[`answer-${key}`] === list.no) asked.push(known({ item, value: due, scale: list.raising, note: now[`note-${key}`] }));
  }
  if (isTyped(now)) asked.push({ item: list.locating, value: typed, scale });
  else if (located(now) && now.place_at && Date.parse(captured_at) - now.place_at > KEPT) {
    const note = new Date(Number(now.place_at)).toLocaleString("sv-SE", { timeZone: "Asia/Shanghai" });
    asked.push({ item: list.locating, value: fixed, scale, note });
  } else if (place_missing && !located(now)) asked.push({ item: list.locating, value: lacking, scale, note: place_missing });
  if (refusal_reason && now.signature === "refused") asked.push({ item: list.signing, value: refused, scale: signing, note: refusal_reason });
  return asked;
}

// The data of a SpotCheckRecorded. `around`: device_id, offline, captured_at. Its photos are named by what they show.
export function eventOf(values, photos, list, around) {
  const now = trimmed(values);
  const { inspection_id, uscc, assessment_id, district, kind, unit_statement } = now;
  return known({
    inspection_id, uscc: uscc.toUpperCase(), assessment_id, district, kind, inspectors: inspectors(now), place: place(now), ...around,
    checklist: answers(now, list, around.captured_at), unit_statement, signature_refused: now.signature === "refused",
    evidence: photos.map(({ sha256, media_type, item, caption, file_name, taken_at, lon, lat, datum }) => known({
      sha256, media_type, captured_at: taken_at, lon: number(lon), lat: number(lat), datum,
      file_name: [list.questions.find(({ key }) => key === item)?.item, caption, file_name].filter(Boolean).join(" · ").slice(0, 200),
    })),
  });
}

export const POOR = 50; // metres: a position of less accuracy than this is asked about
export const KEPT = 600_000; // milliseconds: a position found earlier is no longer that of now, and says when it was found

// Metres between two places in degrees, near enough for a city.
function metres([lon1, lat1], [lon2, lat2]) {
  const rad = Math.PI / 180;
  return Math.hypot((lon2 - lon1) * Math.cos(((lat1 + lat2) / 2) * rad), lat2 - lat1) * rad * 6_371_000;
}

// What is allowed but will be asked about: a word and what it is about. `venues`: the places of the enterprise that are
// known, as [lon, lat, name]; `few`, `far`: inspectors at least and metres at most, by the rules; `today`: the day by the server's clock; `kept`: when the place was found, if not now.
export function doubts(values, photos, list, { venues = [], few, far, today, kept }) {
  const now = trimmed(values), team = inspectors(now);
  const [[away, name] = []] = venues.map((each) => [metres([Number(now.lon), Number(now.lat)], each), each[2]]).sort(([one], [other]) => one - other);
  const unseen = list.questions.filter(({ key }) => now[`answer-${key}`] === list.no && !photos.some(({ item }) => item === key));
  return [
    [team.length < few, "doubt-alone", few],
    [team.some((one) => one.card_no === undefined), "doubt-card"],
    [team.some((one) => one.recusal_declared === undefined), "doubt-recusal"],
    ...unseen.map(({ item }) => [true, "doubt-photo", item]),
    [Number(now.accuracy_m) > POOR, "doubt-accuracy", now.accuracy_m],
    [isTyped(now), "doubt-typed"],
    [kept, "doubt-kept", kept],
    [located(now) && away > far, "doubt-far", (away / 1000).toFixed(1), name],
    [located(now) && !name, "doubt-no-venue"],
    [Math.abs(Date.parse(now.day) - Date.parse(today)) >= 259_200_000, "doubt-day", now.day], // three days
  ].filter(([is]) => is).map(([, ...said]) => said);
}

// What a draft of an earlier list keeps in this one: answers whose question stands word for word under the same key.
// Gives {form, photos, dropped, again}: the questions `again` are to be answered anew, `dropped` is what was said to
// those that are gone, and their photos go on under their old question's words.
export function relist(draft, list) {
  const before = draft.checklist?.items;
  if (!before) return { dropped: [], again: [] };
  const stands = new Map(list.questions.map(({ key, item }) => [key, before[key] === item]));
  const gone = (key) => key in before && !stands.get(key);
  const form = { ...draft.form }, dropped = [];
  for (const [key, item] of Object.entries(before).filter(([each]) => gone(each))) {
    const said = [form[`answer-${key}`], form[`note-${key}`]].filter(Boolean);
    if (said.length) dropped.push([item, ...said].join(" · "));
    for (const part of ["answer", "note", "due"]) delete form[`${part}-${key}`];
  }
  const photos = draft.photos.map((photo) => (
    gone(photo.item) ? { ...photo, item: "general", caption: [before[photo.item], photo.caption].filter(Boolean).join(" · ") } : photo));
  return { form, photos, dropped, again: [...stands].filter(([, same]) => !same).map(([key]) => key) };
}
