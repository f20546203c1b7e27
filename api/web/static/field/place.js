// Where the phone is: with accuracy, datum and time, or the reason why it does not know.

import { KEPT, POOR } from "./record.js";
import { clock, say } from "./words.js";

const FRESH = 120_000;

const fieldsOf = ({ coords, timestamp }) => ({
  lon: coords.longitude.toFixed(6), lat: coords.latitude.toFixed(6), accuracy_m: String(Math.ceil(coords.accuracy)),
  datum: "WGS-84", place_missing: "", place_source: "device", place_at: String(timestamp),
});

// Follows the position for one record. `put` takes the fields of the place, and whether they were asked for; `told` the
// sentence that says what came of it: both are the record's own, whatever is shown by then. What a device has found
// before is kept, since who finishes a record in the office is no longer where it was made.
export function follow({ form, updated_at }, put, told) {
  let best = form.place_source === "device" ? { fields: form, at: Number(form.place_at) || updated_at } : null;
  let latest = null, watch = 0, wanted = false;

  function tell(word) {
    const { lon, lat, accuracy_m } = best.fields, said = say(word, lon, lat, accuracy_m, clock(best.at));
    told(accuracy_m > POOR ? `${said} ${say("place-poor", POOR)}` : said);
  }

  function found(position) {
    latest = position;
    const at = position.timestamp, age = best && at - best.at;
    if (age > KEPT) return tell("place-kept");
    if (best && position.coords.accuracy > best.fields.accuracy_m && age < FRESH) return;
    best = { fields: fieldsOf(position), at };
    put(best.fields, wanted);
    wanted = false;
    tell("place-found");
  }

  function failed({ code }) {
    if (best) return;
    const place_missing = say(`place-error-${code}`);
    put({ place_missing });
    told(say("place-failed", place_missing));
  }

  // When the place was found that is kept although the phone may be elsewhere by now; null: it is followed.
  const kept = () => (best && Date.now() - best.at > KEPT ? clock(best.at) : null);

  function end() {
    navigator.geolocation?.clearWatch(watch);
    watch = 0;
  }

  function begin() {
    end();
    if (kept()) tell("place-kept");
    if (navigator.geolocation) watch = navigator.geolocation.watchPosition(found, failed, { enableHighAccuracy: true, timeout: 20_000 });
    else failed({ code: 2 });
  }

  return {
    follow: () => watch || begin(),
    end,
    kept,
    // Looks anew, whatever was found before: a second question beside the one under way need not be answered.
    ask() {
      best = null;
      wanted = true;
      told(say("place-asking"));
      begin();
    },
    // What a photo that is taken now says of its place.
    now: () => (latest && Date.now() - latest.timestamp < FRESH ? fieldsOf(latest) : {}),
  };
}
