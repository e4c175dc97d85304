// What there is to tell about the staff while somebody needs them.

/** In words; null when that is not known just now. */
export async function staffNotice(conversation) {
  try {
    const url = `/desk/notice?conversation=${encodeURIComponent(conversation)}`;
    const response = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(5_000) });
    return response.ok ? (await response.json()).words || null : null;
  } catch {
    return null;
  }
}
