// Where the phone is: with accuracy and datum, or the reason why it does not know.

import { say } from "./words.js";

const REASONS = { 1: "place-denied", 2: "place-unavailable", 3: "place-timeout" };

// Fills the fields of the place; returns the sentence that says what came of it.
export function locate(fields) {
  return new Promise((resolve) => {
    const fail = (reason) => {
      if (!fields.place_missing.value) fields.place_missing.value = say(reason);
      resolve(say("place-failed", say(reason)));
    };
    if (!navigator.geolocation) return fail("place-unavailable");
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      fields.lon.value = coords.longitude.toFixed(6);
      fields.lat.value = coords.latitude.toFixed(6);
      fields.accuracy_m.value = Math.ceil(coords.accuracy);
      fields.datum.value = "WGS-84";
      fields.place_missing.value = "";
      resolve(say("place-found", fields.lon.value, fields.lat.value, fields.accuracy_m.value));
    }, (error) => fail(REASONS[error.code]), { enableHighAccuracy: true, timeout: 20_000, maximumAge: 0 });
  });
}
