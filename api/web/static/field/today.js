// Who is signed in, and the list of the day: asked for when there is a network, kept for when there is none.

import { fact, know, remove } from "./store.js";

// Returns {session, list, age}; session is null when nobody is signed in.
export async function refresh() {
  let answer;
  try {
    answer = await fetch("/v1/field/list", { cache: "no-store", redirect: "error", signal: AbortSignal.timeout?.(15_000) });
  } catch {
    return kept();
  }
  if (answer.status === 401 || answer.status === 403) {
    await forget();
    return { session: null, list: null };
  }
  const list = answer.ok ? await answer.json().catch(() => null) : null;
  if (!list?.account) return kept();
  const { account, role, organisation } = list;
  const told = Date.parse(answer.headers.get("Date") ?? "");
  await know("session", { account, role, organisation });
  await know("list", { ...list, at: Date.now() });
  await know("clock_offset_ms", Number.isNaN(told) ? null : Date.now() - told);
  return kept();
}

export async function kept() {
  const [session, list] = [await fact("session"), await fact("list")];
  return { session: session ?? null, list: list?.account === session?.account ? list : null };
}

// Signing out takes the list along, never a record.
export async function forget() {
  await remove("facts", "session");
  await remove("facts", "list");
}
