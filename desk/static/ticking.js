// How old something is, and how long a pause still lasts, goes on between two looks at the server. It gives
// them in seconds; the clock of this machine may be wrong, and only says how many have gone by since.

const seen = new WeakMap();

export function tick() {
  for (const one of document.querySelectorAll("[data-age], [data-left]")) {
    if (!seen.has(one)) seen.set(one, Date.now());
    const since = (Date.now() - seen.get(one)) / 1000;
    const { age, left } = one.dataset;
    const minutes = age ? Math.floor((Number(age) + since) / 60) : Math.ceil(Math.max(0, left - since) / 60);
    const text = `${minutes} min`;
    if (one.textContent !== text) one.textContent = text;
  }
}
