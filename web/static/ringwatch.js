// Small by intent: countdowns, keys, search, menus. Everything else is HTML from the server.
(() => {
  "use strict";

  // --- countdowns: the truth is the server's; the browser only counts the seconds between.
  const behind = () => Number(document.documentElement.dataset.now) - loadedAt;
  const loadedAt = Date.now();
  const skew = behind();
  const pad = (n) => String(n).padStart(2, "0");
  const figure = (ms) => {
    const s = Math.floor(Math.abs(ms) / 1000);
    const days = Math.floor(s / 86400);
    const rest = `${Math.floor((s % 86400) / 3600)}:${pad(Math.floor(s / 60) % 60)}:${pad(s % 60)}`;
    return (ms < 0 ? "+" : "") + (days ? `${days} d ` : "") + rest;
  };
  const tick = () => {
    const now = Date.now() + skew;
    for (const one of document.querySelectorAll("[data-due]")) {
      const left = Date.parse(one.dataset.due) - now;
      const shown = one.querySelector("[data-figure]");
      if (shown) shown.textContent = figure(left);
      one.classList.toggle("is-late", left < 0);
      const bar = one.querySelector("[data-bar]");
      if (bar && one.dataset.from) {
        const from = Date.parse(one.dataset.from);
        const share = Math.min(1, Math.max(0, (now - from) / (Date.parse(one.dataset.due) - from)));
        bar.setAttribute("width", `${(share * 100).toFixed(2)}%`);
        one.classList.toggle("is-near", left >= 0 && share >= 0.75);
      }
    }
    for (const one of document.querySelectorAll("[data-clock]")) {
      one.textContent = new Intl.DateTimeFormat("en-GB", {
        timeStyle: "medium", timeZone: one.dataset.clock,
      }).format(now);
    }
  };
  tick();
  setInterval(tick, 1000);

  // --- keys: / search, j k move, Enter open, a acknowledge, ? help
  const rows = () => [...document.querySelectorAll("[data-row]")].filter((r) => r.offsetParent);
  const current = () => document.querySelector("[data-row].is-current");
  const choose = (row) => {
    current()?.classList.remove("is-current");
    if (!row) return;
    row.classList.add("is-current");
    row.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const all = rows();
    const at = all.indexOf(current());
    choose(all[Math.min(all.length - 1, Math.max(0, at + by))]);
  };
  const help = () => {
    const dialog = document.getElementById("keys");
    if (dialog && !dialog.open) dialog.showModal();
  };
  const keys = {
    "/": () => {
      const everywhere = document.getElementById("search-all");
      if (!everywhere) return document.querySelector("[data-search]")?.focus();
      if (!everywhere.open) everywhere.showModal();
      everywhere.querySelector("input").select();
    },
    f: () => {
      const field = document.querySelector("[data-search]");
      field?.closest("details")?.setAttribute("open", "");
      field?.focus();
    },
    j: () => step(1),
    k: () => step(-1),
    Enter: () => current()?.querySelector("a[href]")?.click(),
    a: () => (current() ?? document).querySelector("[data-acknowledge]")?.click(),
    "?": help,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") { closeMenus(); event.target.blur?.(); return; }
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    const acting = event.key === "Enter" && event.target.closest("a, button, summary");
    const elsewhere = document.querySelector("dialog[open]") || (event.repeat && !"jk".includes(event.key));
    if (typing || acting || elsewhere || !keys[event.key]) return;
    if (event.key === "Enter" && !current()) return;
    event.preventDefault();
    keys[event.key]();
  });

  // --- the search over everything: arrows choose a hit, Enter opens it
  const everywhere = document.getElementById("search-all");
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || !event.target.closest("[data-search-all]") || !everywhere) return;
    event.preventDefault();
    keys["/"]();
  });
  everywhere?.addEventListener("keydown", (event) => {
    if (event.isComposing || !["ArrowDown", "ArrowUp", "Enter", "Escape"].includes(event.key)) return;
    if (event.key === "Escape") { event.preventDefault(); everywhere.close(); return; }
    // Hits of other words than those that stand there now are nobody's: Enter asks anew instead.
    const answered = everywhere.querySelector("[data-for]")?.dataset.for;
    const fresh = answered?.trim() === everywhere.querySelector("input").value.trim();
    const hits = fresh ? [...everywhere.querySelectorAll("[data-hit]")] : [];
    const at = hits.findIndex((hit) => hit.classList.contains("is-current"));
    if (event.key === "Enter") {
      if (at >= 0 || hits.length === 1) { event.preventDefault(); (hits[at] ?? hits[0]).click(); }
      return;
    }
    event.preventDefault();
    const next = event.key === "ArrowDown" ? Math.min(hits.length - 1, at + 1) : Math.max(0, at - 1);
    hits[at]?.classList.remove("is-current");
    hits[next]?.classList.add("is-current");
    hits[next]?.scrollIntoView({ block: "nearest" });
  });

  // --- menus are <details>: one open at a time, closed by a click elsewhere
  const closeMenus = (but) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (menu !== but) menu.open = false;
    }
  };
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("click", (event) => {
    const wanted = event.target.closest("[data-show-keys]");
    if (wanted) help();
    const closer = event.target.closest("[data-close]");
    if (closer) closer.closest("dialog").close();
  });

  // --- a filter applies when it is changed; without script its button does
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-apply]");
    if (form) form.requestSubmit();
  });

  // --- a second click on a button that is already at work does nothing
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    if (event.target.method !== "post" || event.defaultPrevented) return; // htmx minds its own
    event.target.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // --- no answer at all: said where the server's own words about a failure would stand
  const note = document.getElementById("note");
  const asks = (ctx) => ctx.request.method === "GET";
  document.addEventListener("htmx:before:request", (event) => {
    if (!asks(event.detail.ctx)) note?.replaceChildren();
  });
  document.addEventListener("htmx:error", (event) => {
    const { ctx } = event.detail;
    const words = document.getElementById("unanswered")?.content.cloneNode(true);
    if (!ctx || !words || ctx.sourceElement.closest("#walk")) return; // a walk says it itself
    if (ctx.sourceElement.id === "search-words") ctx.target.replaceChildren(words);
    else if (!asks(ctx)) note.replaceChildren(words);
  });
})();
