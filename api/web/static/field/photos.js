// Photos: the digest is that of the original bytes, which are kept and sent as they are.

import { digest } from "./chain.js";
import { blobOf, pictureOf, uuid } from "./records.js";
import { pad } from "./sign.js";
import { Trouble } from "./store.js";
import { at, copy, say, size } from "./words.js";

const MOST_BYTES = 15 * 1024 * 1024;
const JUST_NOW = 120_000;

// What a picture is by how it starts, as the server judges it too; a file's name and its own word do not count.
const KINDS = {
  "image/jpeg": /^\xff\xd8\xff/, "image/png": /^\x89PNG\r\n\x1a\n/, "image/webp": /^RIFF.{4}WEBP/s,
  "image/heic": /^.{4}ftyp(hei[cxms]|hev[cxms]|mif1|msf1)/s,
};

function mediaOf(bytes) {
  const start = String.fromCharCode(...new Uint8Array(bytes.slice(0, 12)));
  return Object.keys(KINDS).find((kind) => KINDS[kind].test(start));
}

// Keeps one picture in the draft of `editor`. Returns whether it can be sent at all.
export async function keep(editor, blob, about) {
  const bytes = blob.size > MOST_BYTES ? null : await blob.arrayBuffer();
  const media_type = bytes && mediaOf(bytes);
  if (!media_type) return false;
  const photo = { ...about, id: uuid(), sha256: await digest(bytes), media_type, size: blob.size };
  if (!(await editor.attach(photo, bytes))) throw new Trouble("photo-late");
  return true;
}

// Keeps the chosen files for `item` of the editor's record, one after the other; `told` hears how far it is. Returns
// the names of those that cannot be sent; what this device could not keep is thrown, with their names.
export function take(editor, files, item, position, told) {
  return editor.during(async () => {
    const left = [];
    for (const [n, file] of files.entries()) {
      told(say("keeping", n + 1, files.length));
      const taken = file.lastModified || Date.now();
      // A photo of long ago was taken somewhere else.
      const where = Math.abs(Date.now() - taken) < JUST_NOW ? position() : {};
      try {
        const about = { item, file_name: file.name || "photo", taken_at: new Date(taken).toISOString(), ...where };
        if (!(await keep(editor, file, about))) left.push(file.name);
      } catch (error) {
        throw new Trouble(error.word ?? "photo-failed", { message: files.slice(n).map((each) => each.name).join(", ") });
      }
    }
    return left;
  });
}

const board = at("board"), marks = pad(board), marking = at("marking");
const BOARD = 1_600;
const PREVIEW = 240;

// Draws a picture, its longer side `most` pixels at most.
async function draw(canvas, blob, most) {
  const image = await createImageBitmap(blob), scale = Math.min(1, most / Math.max(image.width, image.height));
  canvas.width = image.width * scale;
  canvas.height = image.height * scale;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
}

// The small picture of a photo that lists show at the desk.
export async function preview(blob) {
  const canvas = document.createElement("canvas");
  await draw(canvas, blob, PREVIEW);
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg"); });
}

// Lets a copy of a photo be drawn upon, which is kept beside it: the original stays what it was.
export async function mark(editor, photo) {
  await draw(board, blobOf(await pictureOf(editor.key, photo.sha256)), BOARD);
  marking.returnValue = "";
  marking.showModal();
  await new Promise((resolve) => { marking.onclose = resolve; });
  const drawn = marks.take("", "image/jpeg");
  if (!drawn || marking.returnValue !== "yes") return;
  const file_name = `${say("marked")} ${photo.sha256.slice(0, 6)}.jpg`;
  await editor.during(async () => keep(editor, await drawn, { ...photo, file_name }));
}

// Shows the photos of one item of the editor's record, unless another one is shown by then.
export async function show(editor, list, { leaveOut, mark: drawOn }, isShown) {
  const taken = editor.record.photos.filter(({ item }) => item === list.dataset.photos);
  const items = await Promise.all(taken.map(async (photo) => {
    const picture = await pictureOf(editor.key, photo.sha256);
    const about = { file_name: photo.file_name, size: size(photo.size), digest: photo.sha256.slice(0, 12), place: photo.lon && `${photo.lon}, ${photo.lat}` };
    // What this browser cannot show it cannot draw upon either.
    const canDraw = photo.item !== "signature" && photo.media_type !== "image/heic";
    const item = copy("photo-item", about, { leaveOut: () => leaveOut(photo), mark: canDraw && (() => drawOn(photo)) });
    const image = item.querySelector("img"), caption = item.querySelector("input");
    image.onload = () => URL.revokeObjectURL(image.src);
    if (picture) image.src = URL.createObjectURL(blobOf(picture));
    caption.hidden = photo.item === "signature";
    caption.value = photo.caption ?? "";
    caption.ariaLabel += ` ${photo.file_name}`;
    image.alt = photo.file_name;
    caption.oninput = () => editor.change(({ photos }) => ({ photos: photos.map((each) => (each.id === photo.id ? { ...each, caption: caption.value.trim() } : each)) }));
    return item;
  }));
  if (isShown()) list.replaceChildren(...items);
}
