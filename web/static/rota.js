/* Draw over a line of the rota to choose layer and time of a change; the form does the rest.
   A click on a bar chooses the whole bar. Times are the company's wall clock, to the full hour. */
(() => {
  "use strict";
  const HOURS = 7 * 24, LEAST_PX = 8;
  const form = document.querySelector("#set form");
  if (!form) return;
  const pad = (n) => String(n).padStart(2, "0");

  /** The wall clock so many hours after `starts`, as a field of a form holds it. */
  const wall = (starts, hours) => {
    const at = new Date(`${starts}:00Z`);
    at.setUTCHours(at.getUTCHours() + hours);
    return `${at.getUTCFullYear()}-${pad(at.getUTCMonth() + 1)}-${pad(at.getUTCDate())}T${pad(at.getUTCHours())}:00`;
  };

  const choose = (layer, starts, ends) => {
    form.elements.layer.value = layer;
    form.elements.starts.value = starts;
    form.elements.ends.value = ends;
    document.getElementById("set").scrollIntoView({ block: "center" });
    form.elements.person.focus({ preventScroll: true });
  };

  const hourAt = (bars, x) => {
    const box = bars.getBoundingClientRect();
    return Math.round(Math.min(Math.max((x - box.left) / box.width, 0), 1) * HOURS);
  };

  for (const bars of document.querySelectorAll(".bars[data-layer]")) {
    let from = null, mark = null;
    const end = () => { mark?.remove(); from = mark = null; };
    bars.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      from = event.clientX;
      bars.setPointerCapture(event.pointerId);
    });
    bars.addEventListener("pointermove", (event) => {
      if (from === null || Math.abs(event.clientX - from) < LEAST_PX) return;
      if (!mark) {
        mark = document.createElementNS("http://www.w3.org/2000/svg", "rect");
        mark.setAttribute("class", "picked");
        mark.setAttribute("height", "100%");
        bars.append(mark);
      }
      const [left, right] = [from, event.clientX].map((x) => hourAt(bars, x)).sort((a, b) => a - b);
      mark.setAttribute("x", `${(left / HOURS) * 100}%`);
      mark.setAttribute("width", `${((right - left) / HOURS) * 100}%`);
    });
    bars.addEventListener("pointercancel", end);
    bars.addEventListener("pointerup", (event) => {
      if (from === null) return;
      const [left, right] = [from, event.clientX].map((x) => hourAt(bars, x)).sort((a, b) => a - b);
      const drawn = mark !== null;
      end();
      if (drawn && right > left) {
        choose(bars.dataset.layer, wall(bars.dataset.starts, left), wall(bars.dataset.starts, right));
      } else if (!drawn) {
        const below = document.elementsFromPoint(event.clientX, event.clientY);
        const bar = below.map((one) => one.closest("[data-from]")).find(Boolean);
        if (bar) choose(bars.dataset.layer, bar.dataset.from, bar.dataset.to);
      }
    });
  }
})();
