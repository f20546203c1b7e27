// Where the phone is: with accuracy and datum, or the reason why it does not know.

import { POOR } from "./record.js";
import { say } from "./words.js";

const REASONS = { 1: "place-denied", 2: "place-unavailable", 3: "place-timeout" };
const FRESH = 120_000;

const exactly = { enableHighAccuracy: true, timeout: 20_000, maximumAge: 0 };

const fieldsOf = ({ coords }) => ({
  lon: coords.longitude.toFixed(6), lat: coords.latitude.toFixed(6), accuracy_m: String(Math.ceil(coords.accuracy)),
  datum: "WGS-84", place_missing: "", place_source: "device",
});

// Follows the position for one record. `put` takes the fields of the place, `told` the sentence that says what came of
// it; both are the record's own, whatever is shown by then.
export function follow(put, told) {
  let best = null, latest = null, watch = 0;

  function found(position) {
    latest = position;
    if (best && position.coords.accuracy > best.coords.accuracy && position.timestamp - best.timestamp < FRESH) return;
    best = position;
    const fields = fieldsOf(position);
    put(fields);
    const said = say("place-found", fields.lon, fields.lat, fields.accuracy_m);
    told(position.coords.accuracy > POOR ? `${said} ${say("place-poor", POOR)}` : said);
  }

  function failed(reason) {
    if (best) return;
    put({ place_missing: say(reason) });
    told(say("place-failed", say(reason)));
  }

  const end = () => navigator.geolocation?.clearWatch(watch);

  function begin() {
    end();
    if (navigator.geolocation) watch = navigator.geolocation.watchPosition(found, ({ code }) => failed(REASONS[code] ?? REASONS[2]), exactly);
    else failed(REASONS[2]);
  }

  return {
    begin,
    end,
    // Looks anew, whatever was found before: a second question beside the one under way need not be answered.
    ask() {
      best = null;
      told(say("place-asking"));
      begin();
    },
    // What a photo that is taken now says of its place.
    now: () => (latest && Date.now() - latest.timestamp < FRESH ? fieldsOf(latest) : {}),
  };
}
