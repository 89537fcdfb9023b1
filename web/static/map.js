// Where a site lies: rings and a pin on a map that needs no tiles. The pin speaks WGS-84; what the
// fields say in another system the server converts, by the same rules as when it is saved.
(() => {
  "use strict";
  const box = document.querySelector("[data-place]");
  if (!box || !globalThis.L) return;
  const field = (name) => document.getElementById(name);
  const [lon, lat, crs, address] = ["lon", "lat", "crs", "address"].map(field);
  const said = document.getElementById("place");
  const form = lon.form;
  const frozen = Boolean(lon.closest("fieldset:disabled"));
  const CHENGDU = [30.66, 104.065];

  const glides = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map("map", { attributionControl: false, zoomControl: false, zoomSnap: 0.5, minZoom: 3, maxZoom: 19, zoomAnimation: glides });
  map.setView(CHENGDU, 10.5);
  L.control.zoom({ zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const drawing = '<svg viewBox="0 0 32 44" aria-hidden="true"><path d="M16 43C16 43 31 26 31 15.5A15 15 0 0 0 1 15.5C1 26 16 43 16 43Z"/><circle cx="16" cy="15.5" r="5.5"/></svg>';
  const pin = L.marker(CHENGDU, {
    draggable: !frozen,
    autoPan: true,
    title: document.getElementById("map").dataset.pin,
    alt: document.getElementById("map").dataset.pin,
    icon: L.divIcon({ className: "pin", html: drawing, iconSize: [32, 44], iconAnchor: [16, 43] }),
  });

  // The newest question alone counts: an answer that comes late is about another place.
  let asked = 0;
  const ask = async (where) => {
    const mine = ++asked;
    const wanted = crs.value || "wgs84";
    const query = new URLSearchParams({ ...where, wanted, address: address?.value ?? "" });
    const words = await fetch(`${box.dataset.place}?${query}`, {
      headers: { "HX-Request": "true" },
      signal: AbortSignal.timeout(10_000),
    }).then((answer) => (answer.ok ? answer.text() : null)).catch(() => null);
    if (mine !== asked) return undefined;
    if (words === null) {
      said.textContent = box.dataset.unanswered;
      return null;
    }
    said.innerHTML = words;
    return said.querySelector("[data-found]")?.dataset ?? null;
  };
  const put = (found, look) => {
    const there = [Number(found.lat), Number(found.lon)];
    pin.setLatLng(there).addTo(map);
    if (look) map.setView(there, Math.max(map.getZoom(), 12), { animate: glides });
  };
  let again = false; // something was chosen while the pin moved: asked about after that
  const typed = async (look = true) => {
    again = moves > 0;
    if (again) return;
    const found = await ask({ lon: lon.value, lat: lat.value, crs: crs.value });
    if (found) put(found, look);
    else if (!lon.value && !lat.value) pin.remove();
  };
  // Until the fields say where the pin is now nobody types into them: the answer would be mixed in.
  // Nor is the form sent before that: it would keep the old place.
  let moves = 0;
  let pressed = null;
  const busy = (change) => {
    moves += change;
    for (const one of [lon, lat]) one.readOnly = moves > 0;
  };
  const moved = async (to) => {
    const spot = to.wrap();
    const before = crs.value;
    busy(1);
    try {
      const found = await ask({ lon: spot.lng.toFixed(7), lat: spot.lat.toFixed(7), crs: "wgs84" });
      if (found === null) pressed = null;
      if (!found) return;
      [lon.value, lat.value] = [found.keptLon, found.keptLat];
      if (crs.value === before) crs.value = found.kept;
      put(found, false);
    } finally {
      busy(-1);
      if (!moves && again) typed();
      if (!moves && pressed) {
        form.requestSubmit(pressed);
        pressed = null;
      }
    }
  };
  if (!frozen) {
    pin.on("dragend", () => moved(pin.getLatLng()));
    map.on("click", (event) => moved(event.latlng));
    for (const one of [lon, lat, crs, address]) {
      // An answer still to come would undo it; the pin's is waited for.
      one?.addEventListener("input", () => { if (!moves) asked += 1; });
      one?.addEventListener("change", () => typed());
    }
    form.addEventListener("submit", (event) => {
      if (!moves) return;
      event.preventDefault();
      pressed = event.submitter;
    });
  }

  fetch(box.dataset.rings).then((answer) => answer.json()).then((rings) => {
    const drawn = L.geoJSON(rings, {
      interactive: false,
      style: (one) => ({ className: `ring ring-${one.properties.zone}`, weight: 2 }),
    }).addTo(map);
    drawn.eachLayer((area) => {
      const bounds = area.getBounds();
      L.tooltip({ permanent: true, direction: "center", className: "ring-name", interactive: false })
        .setLatLng([bounds.getNorth(), bounds.getCenter().lng])
        .setContent(document.createTextNode(box.dataset[area.feature.properties.zone]))
        .addTo(map);
    });
    const known = lon.value && lat.value;
    const inner = L.geoJSON({ ...rings, features: rings.features.filter((one) => one.properties.zone !== "city") });
    if (!known && drawn.getLayers().length) map.fitBounds((inner.getLayers().length ? inner : drawn).getBounds());
    box.dataset.drawn = rings.features.length;
  }).catch(() => { if (!asked) said.textContent = box.dataset.unanswered; });
  if (lon.value && lat.value) typed();
})();
