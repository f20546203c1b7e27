// Photos: the digest is that of the original bytes, which are kept and sent as they are.

import { digest } from "./chain.js";
import { get, put } from "./store.js";
import { button, el, say, size } from "./words.js";

const MOST_BYTES = 15 * 1024 * 1024;

// What a picture is by how it starts, as the server judges it too; a file's name and its own word do not count.
function mediaOf(bytes) {
  const start = String.fromCharCode(...new Uint8Array(bytes.slice(0, 12)));
  if (start.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (start.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (start.startsWith("RIFF") && start.endsWith("WEBP")) return "image/webp";
  return /^ftyp(hei[cxms]|hev[cxms]|mif1|msf1)$/.test(start.slice(4)) ? "image/heic" : null;
}

// Keeps a picture; returns what the record holds of it, or null where it cannot be sent.
export async function keep(blob, file_name, item, taken_at) {
  if (blob.size > MOST_BYTES) return null;
  const bytes = await blob.arrayBuffer();
  const media_type = mediaOf(bytes);
  if (!media_type) return null;
  const sha256 = await digest(bytes);
  await put("photos", { sha256, blob, media_type, file_name });
  return { sha256, item, file_name, media_type, size: blob.size, taken_at };
}

// Keeps the chosen files for `item`; returns [kept, names of those that cannot be sent].
export async function take(files, item) {
  const kept = [], left = [];
  for (const file of files) {
    const at = file.lastModified ? new Date(file.lastModified).toISOString() : undefined;
    const photo = await keep(file, file.name || "photo", item, at);
    if (photo) kept.push(photo);
    else left.push(file.name);
  }
  return [kept, left];
}

// Shows the photos of one item with a button to take each out.
export async function show(list, photos, item, leaveOut) {
  const shown = [];
  for (const photo of photos.filter((each) => each.item === item)) {
    const kept = await get("photos", photo.sha256);
    const picture = el("img", { alt: photo.file_name });
    if (kept) {
      picture.onload = () => URL.revokeObjectURL(picture.src);
      picture.src = URL.createObjectURL(kept.blob);
    }
    shown.push(el("li", {}, picture,
      el("span", {}, photo.file_name, el("br"), el("small", {}, `${size(photo.size)} · SHA-256 ${photo.sha256.slice(0, 12)}…`)),
      button(say("leave-out"), "second", () => leaveOut(photo))));
  }
  list.replaceChildren(...shown);
}
