// What is drawn with the finger: marks on a photo; or a signature, an acknowledgement and no more than that.

const LINE = 48;

export function pad(canvas) {
  const pen = canvas.getContext("2d");
  let drawn = false;

  const at = ({ offsetX, offsetY }) => [offsetX * canvas.width / canvas.clientWidth, offsetY * canvas.height / canvas.clientHeight];
  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId);
    pen.lineWidth = canvas.width / 150;
    pen.strokeStyle = canvas.dataset.ink ?? "#000";
    pen.lineCap = pen.lineJoin = "round";
    pen.beginPath();
    pen.moveTo(...at(event));
  };
  canvas.onpointermove = (event) => {
    if (!event.buttons) return;
    pen.lineTo(...at(event));
    pen.stroke();
    drawn = true;
  };

  function clear() {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    drawn = false;
  }

  return {
    clear,
    // The picture of what is drawn, which is taken off the pad, over the printed name; null where nothing is. The pad
    // is empty at once, so that whoever signs next begins on a clean one. The name stands in the picture and not in the
    // entry: a picture can be taken away, an entry cannot.
    take(name, type = "image/png") {
      if (!drawn) return null;
      const copy = document.createElement("canvas");
      copy.width = canvas.width;
      copy.height = canvas.height + (name ? LINE : 0);
      const ink = copy.getContext("2d");
      ink.drawImage(canvas, 0, 0);
      ink.font = "28px sans-serif";
      ink.fillText(name, 12, canvas.height + 34, canvas.width - 24);
      clear();
      return new Promise((resolve) => { copy.toBlob(resolve, type); });
    },
  };
}
