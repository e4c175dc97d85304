// Which kiosk this is. Its address is opened once as /?kiosk=NAME#token=…; both are kept, and the token
// is taken out of the address, where it could be read.

const KEPT = ["kiosk", "token"];

/** {kiosk, token}, each only where it is known. */
export function pairing() {
  const given = { kiosk: new URLSearchParams(location.search).get("kiosk"), token: new URLSearchParams(location.hash.slice(1)).get("token") };
  if (given.token) history.replaceState(null, "", location.pathname + location.search);
  const known = {};
  for (const name of KEPT) {
    const value = given[name] || kept(name);
    if (!value) continue;
    known[name] = value;
    keep(name, value);
  }
  return known;
}

// A browser may be told to keep nothing; then the address must be opened anew each time.
function kept(name) {
  try {
    return localStorage.getItem(`spotter.${name}`);
  } catch {
    return null;
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(`spotter.${name}`, value);
  } catch {
    // Nothing to do: what is known now still counts.
  }
}
