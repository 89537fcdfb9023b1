// Walking an inspection: no tap is lost, none counts twice, and photos are made small before they go.
(() => {
  "use strict";
  const SETTLE_MS = 600;
  const LONGEST = 1600;

  // --- the second half of a double tap must not answer the point that has just come
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("#walk button");
    if (!pressed?.closest("[data-settling]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  document.addEventListener("htmx:after:swap", (event) => {
    const walk = document.getElementById("walk");
    if (!walk || event.detail.ctx.target?.id === "photos") return;
    walk.dataset.settling = "yes";
    setTimeout(() => delete walk.dataset.settling, SETTLE_MS);
    sent();
    if (walk.dataset.address && location.pathname !== walk.dataset.address) {
      history.replaceState(null, "", walk.dataset.address);
      scrollTo(0, 0);
    }
    document.title = walk.dataset.title || document.title;
    walk.querySelector("[aria-invalid=true]")?.focus();
  });

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
  document.addEventListener("change", async (event) => {
    const input = event.target.closest("input[data-photo]");
    if (!input?.files.length) return;
    const form = input.form;
    form.dataset.busy = "yes";
    const less = await small(input.files[0]);
    if (less) {
      const held = new DataTransfer();
      held.items.add(less);
      input.files = held.files;
    }
    form.requestSubmit();
  });
  document.addEventListener("htmx:finally:request", (event) => {
    delete event.detail.ctx.sourceElement?.dataset?.busy;
  });

  // --- the link is gone: what was tapped stays here, is shown, and goes as soon as it can
  let waiting = null;
  const unsent = () => document.getElementById("unsent");
  const sent = () => {
    waiting = null;
    if (unsent()) unsent().hidden = true;
  };
  const again = () => {
    if (!waiting?.form.isConnected) { sent(); return; }
    const { form, button } = waiting;
    form.requestSubmit(button?.isConnected ? button : undefined);
  };
  document.addEventListener("htmx:error", (event) => {
    const ctx = event.detail.ctx;
    const form = ctx?.sourceElement?.closest?.("form");
    if (!form || !form.closest("#walk")) return;
    waiting = { form, button: ctx.submitter ?? ctx.sourceEvent?.submitter };
    if (unsent()) unsent().hidden = false;
  });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-again]")) again(); });
  addEventListener("online", again);
  setInterval(() => { if (waiting && navigator.onLine) again(); }, 5000);
  addEventListener("beforeunload", (event) => { if (waiting) event.preventDefault(); });
})();
