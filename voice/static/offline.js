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
  const response = await fetch(request).catch(() => Response.error());
  if (response.ok) await cache.put(pathname, response.clone());
  // A proxy whose server is gone answers as well: 502.
  const gone = response.type === "error" || response.status >= 500;
  return (gone && (await cache.match(pathname))) || response;
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  if (isPage(event.request)) event.respondWith(newest(event.request));
});
