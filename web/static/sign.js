// A signature on the glass: strokes of a finger, pen or mouse; drawn anew when the phone is turned.
(() => {
  "use strict";
  const glass = document.querySelector("[data-glass]");
  if (!glass) return;
  const kept = document.getElementById("drawn");
  const form = kept.form;
  const clear = document.querySelector("[data-clear]");
  const pen = glass.getContext("2d");
  const INK = "#101828";
  const PAPER = "#ffffff";
  const THICK = 2.6;
  let strokes = []; // [[x, y], ...] in shares of the glass' width
  let stroke = null;
  let before = null; // what was drawn before a mistake elsewhere sent the page back

  const width = () => glass.clientWidth;
  const onto = (board, wide, tall) => {
    board.fillStyle = PAPER;
    board.fillRect(0, 0, wide, tall);
    if (before) board.drawImage(before, 0, 0, wide, (wide * before.height) / before.width);
    board.strokeStyle = INK;
    board.fillStyle = INK;
    board.lineCap = "round";
    board.lineJoin = "round";
    board.lineWidth = THICK * Math.max(1, wide / 480);
    for (const line of strokes) trace(board, line, wide);
  };
  const trace = (board, line, wide) => {
    const at = line.map(([x, y]) => [x * wide, y * wide]);
    board.beginPath();
    if (at.length === 1) {
      board.arc(at[0][0], at[0][1], board.lineWidth / 2, 0, 7);
      board.fill();
      return;
    }
    board.moveTo(...at[0]);
    for (let n = 1; n < at.length - 1; n += 1) {
      const [x, y] = at[n];
      board.quadraticCurveTo(x, y, (x + at[n + 1][0]) / 2, (y + at[n + 1][1]) / 2);
    }
    board.lineTo(...at[at.length - 1]);
    board.stroke();
  };
  const redraw = () => {
    const sharp = Math.min(devicePixelRatio || 1, 2);
    glass.width = Math.round(width() * sharp);
    glass.height = Math.round(glass.clientHeight * sharp);
    pen.setTransform(sharp, 0, 0, sharp, 0, 0);
    onto(pen, width(), glass.clientHeight);
    document.documentElement.toggleAttribute("data-signed", Boolean(strokes.length || before));
  };
  const place = (event) => {
    const box = glass.getBoundingClientRect();
    return [(event.clientX - box.left) / width(), (event.clientY - box.top) / width()];
  };

  glass.addEventListener("pointerdown", (event) => {
    if (stroke || (event.pointerType === "mouse" && event.button !== 0)) return;
    event.preventDefault();
    glass.setPointerCapture(event.pointerId);
    stroke = { by: event.pointerId, line: [place(event)] };
    strokes.push(stroke.line);
    redraw();
  });
  glass.addEventListener("pointermove", (event) => {
    if (!stroke || event.pointerId !== stroke.by) return;
    const all = event.getCoalescedEvents?.() ?? [];
    for (const one of all.length ? all : [event]) stroke.line.push(place(one));
    redraw();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    glass.addEventListener(end, (event) => { if (stroke?.by === event.pointerId) stroke = null; });
  }
  clear?.addEventListener("click", () => { strokes = []; before = null; kept.value = ""; redraw(); });

  // --- what is sent: the strokes on white, never larger than a page needs
  form.addEventListener("submit", () => {
    if (!strokes.length) return; // nothing new: what was kept, or nothing
    const sheet = document.createElement("canvas");
    sheet.width = 900;
    sheet.height = Math.round((900 * glass.clientHeight) / width());
    onto(sheet.getContext("2d"), sheet.width, sheet.height);
    kept.value = sheet.toDataURL("image/png");
  }, true);

  addEventListener("resize", redraw);
  if (kept.value.startsWith("data:image/png;base64,")) {
    const image = new Image();
    image.addEventListener("load", () => { if (kept.value) before = image; redraw(); });
    image.src = kept.value;
  }
  redraw();
})();
