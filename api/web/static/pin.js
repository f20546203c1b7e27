// A place pinned on the map of the city: the first press draws larger, the second fills the coordinates in, with as much
// error as a finger has. Without a script they are typed.
const NEAR = 20; // kilometres across, once it is drawn larger

const pin = document.getElementById("pin");
const map = pin.querySelector("svg");
const mark = map.querySelector(".pinned");
const said = document.getElementById("pin-said");
const whole = map.getAttribute("viewBox");

const draw = (box, near) => {
  map.setAttribute("viewBox", box);
  map.classList.toggle("near", near);
};

const fill = (name, value) => {
  const row = document.getElementById("pin-of").value;
  document.getElementById(`field-${pin.dataset.fields}.${row}.${name}`).value = value;
};

map.addEventListener("click", async (event) => {
  const scale = map.getScreenCTM();
  const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(scale.inverse());
  if (!map.classList.contains("near")) return draw(`${x - NEAR / 2} ${y - NEAR / 2} ${NEAR} ${NEAR}`, true);
  const answer = await fetch(`/suggestions/places?x=${x}&y=${y}`);
  const [place] = answer.ok ? await answer.json() : [];
  if (!place) return;
  for (const name of ["lon", "lat", "datum"]) fill(name, place[name]);
  fill("accuracy_m", Math.ceil(8000 / scale.a)); // eight dots of the screen
  mark.setAttribute("cx", x);
  mark.setAttribute("cy", y);
  mark.setAttribute("r", 8 / scale.a);
  const district = event.target.closest("path")?.textContent.trim(); // by the outline; it decides nothing
  said.value = [place.lon, place.lat, district].filter(Boolean).join(", ");
});
document.getElementById("pin-whole").addEventListener("click", () => draw(whole, false));
pin.hidden = false;
