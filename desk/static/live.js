// Keeps the page up to date: when the server says that something changed, the live part is fetched anew.

const stale = document.getElementById("stale");

async function refresh() {
  try {
    const response = await fetch(location.href, { headers: { "X-Live": "1" } });
    if (response.redirected) return location.reload();
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("live");
    if (fresh) document.getElementById("live")?.replaceWith(fresh);
    stale.hidden = true;
  } catch {
    stale.hidden = false;
  }
  return undefined;
}

if (document.getElementById("live")) {
  const events = new EventSource("/desk/live");
  events.addEventListener("news", refresh);
  events.addEventListener("error", () => {
    stale.hidden = false;
  });
  events.addEventListener("open", () => {
    stale.hidden = true;
  });
}
