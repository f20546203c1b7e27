// Who is signed in, and the list of the day: asked for when there is a network, kept for when there is none. And what
// lets this device send after a sign-in has ended: a credential bound to one account, which may only put evidence and
// post records that are sealed already. It is listed on 账户, and can be taken back there.

import { device, head } from "./chain.js";
import { unsent } from "./records.js";
import { all, fact, know, unknow } from "./store.js";

export const PROBLEM = "application/problem+json";
const OF = "credential/";

// Asks this server and nobody else: an answer from a cache or from elsewhere is none.
export const ask = (address, patience, options) => fetch(address, { cache: "no-store", redirect: "error", signal: AbortSignal.timeout?.(patience), ...options });
const PATIENCE = 15_000;

const bodyOf = async (answer) => (answer?.ok ? answer.json().catch(() => null) : null);

// Returns {session, list}; session is null when nobody is signed in, `fresh` where the server has just said so.
export async function refresh() {
  const answer = await ask("/field/today", PATIENCE).catch(() => null);
  // A 401 or 403 of somebody in between is no word about who is signed in.
  const ours = answer?.headers.get("Content-Type")?.startsWith(PROBLEM);
  if (ours && (answer.status === 401 || answer.status === 403)) {
    await forget();
    return { session: null, list: null };
  }
  const list = await bodyOf(answer);
  if (!list?.account) return kept();
  const told = Date.parse(answer.headers.get("Date"));
  await know("session", { account: list.account, role: list.role, organisation: list.organisation });
  await know("list", { ...list, at: Date.now() });
  await know("clock_offset_ms", Number.isNaN(told) ? null : Date.now() - told);
  return { ...await kept(), fresh: true };
}

export async function kept() {
  const [session, list] = [await fact("session"), await fact("list")];
  return { session: session ?? null, list: list?.account === session?.account ? list : null };
}

// By how much the clock of this device is ahead of the server's, in milliseconds, as last heard.
export const offset = async () => (await fact("clock_offset_ms")) ?? 0;

// Signing out takes the list along, never a record.
export async function forget() {
  await unknow("session");
  await unknow("list");
}

export const credentialOf = (account) => fact(OF + account);
export const drop = (account) => unknow(OF + account);

// The accounts for which this device may send.
export const accounts = async () => (await all("facts")).filter(({ name }) => name.startsWith(OF)).map(({ name }) => name.slice(OF.length));

// Asks for a credential, or for a longer one, while its owner is signed in, and says how much waits here.
export async function renew(account) {
  const body = JSON.stringify({ device_id: await device(), sequence: (await head()).sequence, unsent: (await unsent(account)).length });
  const answer = await ask("/v1/field/devices", PATIENCE, { method: "POST", headers: { "Content-Type": "application/json" }, body }).catch(() => null);
  const said = await bodyOf(answer);
  if (said?.account === account && typeof said.token === "string") await know(OF + account, said);
}
