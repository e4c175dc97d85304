// Keeps the page itself, so that a kiosk that is started without a network still says whom to call.
// Never an answer, and nothing that anybody said.

const KEPT = "page";
const PAGE = ["/", "/static/voice/"];

const isPage = ({ method, url }) => {
  const { origin, pathname } = new URL(url);
  return method === "GET" && origin === location.origin && (pathname === PAGE[0] || pathname.startsWith(PAGE[1]));
};

async function newest(request) {
  const cache = await caches.open(KEPT);
  const { pathname } = new URL(request.url);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(pathname, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(pathname);
    if (!kept) throw error;
    return kept;
  }
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  if (isPage(event.request)) event.respondWith(newest(event.request));
});
