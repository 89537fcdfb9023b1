// Walking an inspection: no tap is lost, none counts twice, and photos are made small before they go.
(() => {
  "use strict";
  const SETTLE_MS = 600;
  const LONGEST = 1600;

  // --- the second half of a double tap must not answer the point that has just come
  const root = document.documentElement;
  let settled = null;
  document.addEventListener("click", (event) => {
    if (!root.dataset.settling || !event.target.closest("#walk button")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  const brings = (event) => event.detail.ctx.target?.id === "walk";
  document.addEventListener("htmx:before:swap", (event) => {
    if (!brings(event)) return;
    clearTimeout(settled);
    root.dataset.settling = "yes"; // before anything can be seen, let alone tapped
    before = document.getElementById("walk").dataset.address;
  });
  document.addEventListener("htmx:finally:swap", () => {
    clearTimeout(settled);
    if (root.dataset.settling) settled = setTimeout(() => delete root.dataset.settling, SETTLE_MS);
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const walk = document.getElementById("walk");
    prune();
    if (!walk || !brings(event)) return;
    restore(walk);
    if (walk.dataset.address && location.pathname !== walk.dataset.address) {
      history.replaceState(null, "", walk.dataset.address);
      scrollTo(0, 0);
    }
    document.title = walk.dataset.title || document.title;
    walk.querySelector("[aria-invalid=true]")?.focus();
  });

  // --- what is typed while an answer is under way is put back, unless it was about another point
  let before = "";
  const since = new Map();
  const sending = () => document.querySelector("#answers.htmx-request");
  document.addEventListener("input", (event) => {
    if (sending() && event.target.id && event.target.form === sending()) since.set(event.target.id, event.target.value);
  });
  const restore = (walk) => {
    for (const [id, value] of walk.dataset.address === before ? since : []) {
      const field = document.getElementById(id);
      if (!field) continue;
      field.value = value;
      const panel = field.closest("[data-panel]");
      if (panel) panel.hidden = false;
    }
    since.clear();
  };

  // --- "abnormal" and "not checked" first ask why
  const open = (kind, item) => {
    for (const panel of document.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== kind;
    const panel = document.querySelector(`[data-panel="${kind}"]`);
    const choice = panel.querySelector("select");
    if (choice && item !== undefined) choice.value = item;
    panel.scrollIntoView({ block: "nearest" });
    panel.querySelector("textarea").focus();
  };
  document.addEventListener("click", (event) => {
    const asking = event.target.closest("[data-asks]");
    if (asking) {
      event.preventDefault();
      open(asking.dataset.asks, asking.dataset.item);
      return;
    }
    const filling = event.target.closest("[data-fill]");
    if (filling) {
      const text = filling.closest("[data-panel]").querySelector("textarea");
      text.value = filling.dataset.fill;
      text.focus();
    }
    const closing = event.target.closest("[data-close-panel]");
    if (closing) closing.closest("[data-panel]").hidden = true;
  });

  // --- a photo is made small here: 200 KB instead of 8 MB over a cellar's link, and without its notes
  const small = async (file) => {
    try {
      const image = await createImageBitmap(file, { imageOrientation: "from-image" });
      const share = Math.min(1, LONGEST / Math.max(image.width, image.height));
      const sheet = document.createElement("canvas");
      sheet.width = Math.round(image.width * share);
      sheet.height = Math.round(image.height * share);
      sheet.getContext("2d").drawImage(image, 0, 0, sheet.width, sheet.height);
      const blob = await new Promise((done) => sheet.toBlob(done, "image/jpeg", 0.88));
      return blob && new File([blob], "photo.jpg", { type: "image/jpeg" });
    } catch {
      return null; // no picture this browser knows: the server says so
    }
  };

  // One after the other, as they were taken; each is kept until it has arrived.
  const photos = [];
  let preparing = 0;
  const send = () => {
    const input = document.getElementById("photo");
    if (!photos.length || !input || input.form.matches(".htmx-request")) return;
    const held = new DataTransfer();
    held.items.add(photos[0]);
    input.files = held.files;
    input.form.dataset.busy = "yes";
    input.form.requestSubmit();
  };
  document.addEventListener("change", async (event) => {
    const input = event.target.closest("input[data-photo]");
    if (!input?.files.length) return;
    const [taken] = input.files;
    input.form.dataset.busy = "yes";
    preparing += 1;
    photos.push(await small(taken) ?? taken);
    preparing -= 1;
    send();
  });

  // --- the link is gone: what was tapped stays here, is shown, and goes as soon as it can
  const waiting = new Map(); // form to the button that was tapped, in the order of the taps
  const unsent = () => document.getElementById("unsent");
  const owed = () => waiting.size + photos.length + preparing;
  const prune = () => {
    for (const form of waiting.keys()) if (!form.isConnected) waiting.delete(form);
    if (unsent() && !waiting.size) unsent().hidden = true;
  };
  const again = () => {
    prune();
    if (photos.length) { send(); return; }
    const [form, button] = waiting.entries().next().value ?? [];
    form?.requestSubmit(button?.isConnected ? button : undefined);
  };
  // The next point takes the photo's form away: an answer goes after the photo, never past it.
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "answers" || !(photos.length + preparing)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting.set(event.target, event.submitter);
  }, true);
  document.addEventListener("htmx:before:request", (event) => {
    const form = event.detail.ctx.sourceElement;
    waiting.delete(form);
    if (form.id === "answers") since.clear();
  });
  document.addEventListener("htmx:error", (event) => {
    const ctx = event.detail.ctx;
    const form = ctx?.sourceElement?.closest?.("form");
    if (!form || !form.closest("#walk")) return;
    waiting.set(form, ctx.submitter ?? ctx.sourceEvent?.submitter);
    if (unsent()) unsent().hidden = false;
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const { request, response, status } = event.detail.ctx;
    if (status.startsWith("error") || !request.form?.matches(".photo-new")) return;
    delete request.form.dataset.busy;
    photos.shift();
    if (response.status >= 400) waiting.clear(); // first let the mistake be read
    again();
  });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-again]")) again(); });
  addEventListener("online", again);
  setInterval(() => { if (owed() && navigator.onLine) again(); }, 5000);
  addEventListener("beforeunload", (event) => { if (owed()) event.preventDefault(); });
})();
