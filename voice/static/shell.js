// Keeps the page for when there is no network (see offline.js).

const KEPT = "page";

/** Keeps the page and every file of it that is loaded by now. Without a place to keep it, nothing happens. */
export async function keepPage() {
  if (!navigator.serviceWorker || !window.caches) return;
  try {
    await navigator.serviceWorker.register("/offline.js");
    const files = performance.getEntriesByType("resource").map(({ name }) => name);
    const cache = await caches.open(KEPT);
    await cache.addAll(["/", ...new Set(files.filter((name) => name.includes("/static/voice/")))]);
  } catch {
    // A browser that keeps nothing still shows the page while there is a network.
  }
}
