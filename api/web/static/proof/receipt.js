// A receipt (c2sp.org/tlog-proof) verified by the browser itself: the bytes on the page, the keys on the page.
import { bytes, hex, isSigned, rootOf, sha256 } from "./tree.js";

const receipt = document.querySelector("#receipt");
const [button, outcome] = [document.querySelector("#verify-receipt"), document.querySelector("#receipt-verified")];

const verified = async () => {
  const said = receipt.dataset;
  if (!globalThis.crypto?.subtle) return said.cannot;
  const [head, ...rest] = receipt.textContent.split("\n\n");
  const lines = head.split("\n");
  if (lines.shift() !== "c2sp.org/tlog-proof@v1") return said.broken;
  const extra = lines[0].startsWith("extra ") ? bytes(lines.shift().slice(6)) : null;
  const [, index] = lines.shift().match(/^index (0|[1-9][0-9]*)$/);
  const [body, tail] = rest;
  const [origin, size, root] = body.split("\n");
  const leaf = extra ? await sha256([0], extra) : bytes(said.leaf);
  const found = await rootOf(index, size, leaf, lines.map(bytes));
  const ofThis = hex(leaf) === hex(bytes(said.leaf)) && index === said.index;
  if (!ofThis || !found || hex(found) !== hex(bytes(root))) return said.broken;
  const signed = await isSigned(`${body}\n`, tail.trimEnd().split("\n"), said.keys.split("\n"));
  const included = said.included.replace("{size}", size).replace("{origin}", origin);
  if (signed === null) return `${included} ${said.unsure}`;
  return signed ? `${included} ${said.signed}` : said.forged;
};

if (button) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      outcome.textContent = await verified();
    } catch {
      outcome.textContent = receipt.dataset.broken;
    }
  });
}
