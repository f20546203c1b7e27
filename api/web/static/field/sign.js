// A signature drawn with the finger: an acknowledgement, and no more than that.

export function pad(canvas) {
  const pen = canvas.getContext("2d");
  let drawn = false;

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * (canvas.width / box.width), (event.clientY - box.top) * (canvas.height / box.height)];
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    pen.lineWidth = 4;
    pen.lineCap = pen.lineJoin = "round";
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!event.buttons) return;
    pen.lineTo(...at(event));
    pen.stroke();
    drawn = true;
  });

  return {
    clear: () => { pen.clearRect(0, 0, canvas.width, canvas.height); drawn = false; },
    picture: () => (drawn ? new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); }) : Promise.resolve(null)),
  };
}
