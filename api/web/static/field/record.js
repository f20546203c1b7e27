// From what was filled in to the event that the ledger takes, and what is missing for it. `values` are the fields of
// the form by name, the same as those of the form without a script.

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const ROWS = 6;
const LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY";

const given = (text) => (text ?? "").trim();
const number = (text) => (given(text) === "" ? undefined : Number(text));
const known = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== ""));

// GB 32100-2015: the last character checks the others.
function isUscc(text) {
  const places = [...text.toUpperCase()].map((letter) => LETTERS.indexOf(letter));
  if (places.length !== 18 || places.includes(-1)) return false;
  const sum = places.slice(0, 17).reduce((total, place, n) => (total + place * 3 ** n) % 31, 0);
  return (31 - sum) % 31 === places[17];
}

function inspectors(values) {
  return Array.from({ length: ROWS }, (_, n) => (part) => given(values[`inspector-${n}-${part}`]))
    .filter((of) => of("account") || of("name"))
    .map((of) => known({
      account: of("account"), name: of("name"), card_no: of("card_no"),
      recusal_declared: { true: true, false: false }[of("recusal")],
    }));
}

function place(values) {
  const lon = number(values.lon), lat = number(values.lat);
  const found = lon !== undefined && lat !== undefined;
  const where = known({
    address: given(values.address), lon: found ? lon : undefined, lat: found ? lat : undefined,
    datum: found ? given(values.datum) || "WGS-84" : undefined, accuracy_m: found ? number(values.accuracy_m) : undefined,
  });
  return Object.keys(where).length ? where : undefined;
}

function answers(values, list) {
  const asked = list.questions.map((item, n) => known({
    item, value: given(values[`answer-${n}`]), scale: list.scale, note: given(values[`note-${n}`]),
  }));
  const missing = given(values.place_missing), refused = given(values.refusal_reason);
  if (missing && !located(values)) {
    asked.push({ item: list.locating, value: list.located[0], scale: list.located[1], note: missing });
  }
  if (refused && values.signature === "refused") {
    asked.push({ item: list.signing, value: list.signed[0], scale: list.signed[1], note: refused });
  }
  return asked;
}

const located = (values) => given(values.lon) !== "" && given(values.lat) !== "";

// The data of a SpotCheckRecorded. `around`: device_id, offline, captured_at. Its photos are named by what they show.
export function eventOf(values, photos, list, around) {
  return known({
    inspection_id: given(values.inspection_id), uscc: given(values.uscc).toUpperCase(),
    assessment_id: given(values.assessment_id), district: values.district, kind: values.kind,
    inspectors: inspectors(values), captured_at: around.captured_at, place: place(values),
    device_id: around.device_id, offline: around.offline, checklist: answers(values, list),
    evidence: photos.map((photo) => known({
      sha256: photo.sha256, media_type: photo.media_type,
      file_name: [list.questions[photo.item], photo.file_name].filter(Boolean).join(" · ").slice(0, 200),
      captured_at: photo.taken_at,
    })),
    unit_statement: given(values.unit_statement), signature_refused: values.signature === "refused",
  });
}

// What is missing or cannot be: pairs of a field and the word that says so.
export function faults(values, photos, list, today) {
  const found = [];
  const need = (field, word, good) => { if (!good) found.push({ field, word }); };
  need("uscc", "need-uscc", isUscc(given(values.uscc)));
  need("district", "need-district", given(values.district));
  need("day", "need-day", DAY.test(values.day) && !Number.isNaN(Date.parse(values.day)) && values.day <= today);
  const team = inspectors(values);
  need("inspector-0-name", "need-inspector", team.length > 0);
  for (let n = 0; n < ROWS; n += 1) {
    const of = (part) => given(values[`inspector-${n}-${part}`]);
    if (of("account") || of("name")) {
      need(`inspector-${n}-name`, "need-name", of("name"));
      need(`inspector-${n}-account`, "need-account", /^[^\s/]+$/.test(of("account")));
    }
  }
  list.questions.forEach((_, n) => {
    need(`answer-${n}`, "need-answer", values[`answer-${n}`]);
    need(`note-${n}`, "need-note", values[`answer-${n}`] !== list.no || given(values[`note-${n}`]));
  });
  const between = (text, most) => given(text) !== "" && Math.abs(Number(text)) <= most;
  if (given(values.lon) || given(values.lat)) {
    need("lon", "need-degrees", between(values.lon, 180));
    need("lat", "need-degrees", between(values.lat, 90));
  } else {
    need("place_missing", "need-place", given(values.place_missing));
  }
  need("signature", "need-signature", values.signature);
  const signed = photos.some((photo) => photo.item === "signature");
  need("signature", "need-signing", !["drawn", "paper"].includes(values.signature) || signed);
  need("refusal_reason", "need-refusal", values.signature !== "refused" || given(values.refusal_reason));
  return found;
}

// What is allowed but will be asked about: pairs of a word and what it is about.
export function doubts(values, photos, list) {
  const found = [];
  const team = inspectors(values);
  if (team.length < 2) found.push({ word: "doubt-alone", about: "" });
  if (team.some((one) => one.card_no === undefined)) found.push({ word: "doubt-card", about: "" });
  if (team.some((one) => one.recusal_declared === undefined)) found.push({ word: "doubt-recusal", about: "" });
  list.questions.forEach((item, n) => {
    const seen = photos.some((photo) => photo.item === String(n));
    if (values[`answer-${n}`] === list.no && !seen) found.push({ word: "doubt-photo", about: n });
  });
  return found;
}
