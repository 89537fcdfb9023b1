// Pages that stay true by themselves: how fresh they are, what was chosen, and the wall's sound.
// Loaded before htmx: the stream may be open before another script has arrived.
(() => {
  "use strict";
  const source = document.getElementById("live");
  let isLive = false;
  const show = (live) => {
    isLive = live;
    const state = document.querySelector("[data-live-state]");
    if (!state || !source) return;
    state.classList.toggle("is-live", live);
    state.querySelector("[data-live-word]").textContent = live ? source.dataset.live : source.dataset.polling;
  };
  document.addEventListener("htmx:sse:after:connection", () => show(true));
  document.addEventListener("htmx:sse:error", () => show(false));
  document.addEventListener("htmx:sse:close", () => show(false));

  // --- a mistake is being read and mended: nothing may move below the fingers meanwhile
  const mending = (event) => {
    const { request, sourceElement } = event.detail.ctx;
    if (request.method === "GET" && sourceElement.querySelector("[aria-invalid=true]")) event.preventDefault();
  };
  document.addEventListener("htmx:before:request", mending);
  document.addEventListener("htmx:before:swap", mending);

  // --- a page asked for before something was done shows what was then: it is asked for again
  let done = 0;
  const asked = new WeakMap();
  document.addEventListener("htmx:before:request", (event) => asked.set(event.detail.ctx, done));
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    if (ctx.request.method !== "GET") { done += 1; return; }
    if (asked.get(ctx) === done || !ctx.sourceElement.matches("[hx-trigger*='every ']")) return;
    event.preventDefault();
    htmx.trigger(ctx.sourceElement, "every");
  });

  // --- what is typed stays, also where the page that comes suggests something else (a time)
  let typed = [];
  document.addEventListener("htmx:before:swap", (event) => {
    const { request, target } = event.detail.ctx;
    if (request.method !== "GET") { typed = []; return; }
    const fields = target?.querySelectorAll?.("input[id]:not([type=file]), textarea[id]");
    typed = [...(fields ?? [])].filter((one) => one.value !== one.defaultValue).map((one) => [one.id, one.value]);
  });
  document.addEventListener("htmx:after:swap", () => {
    for (const [id, value] of typed) {
      const field = document.getElementById(id);
      if (field && field.value !== value) field.value = value;
    }
    typed = [];
  });

  // --- a row chosen by j and k stays chosen when its list comes anew
  let chosen = "";
  document.addEventListener("htmx:before:swap", () => {
    chosen = document.querySelector("[data-row].is-current")?.id ?? chosen;
  });
  document.addEventListener("htmx:after:swap", () => {
    show(isLive);
    if (chosen && !document.querySelector("[data-row].is-current")) {
      document.getElementById(chosen)?.classList.add("is-current");
    }
    listen();
  });

  // --- the wall: a new emergency sounds until somebody touches the screen or takes it on
  const button = document.querySelector("[data-sound]");
  const alarms = () => [...document.querySelectorAll("[data-alarm]")].map((one) => one.dataset.alarm);
  const known = new Set(alarms());
  let audio = null;
  let ringing = null;
  const beep = () => {
    if (!audio || audio.state !== "running") return;
    [880, 660].forEach((pitch, n) => {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      const start = audio.currentTime + n * 0.28;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.0001, start);
      volume.gain.exponentialRampToValueAtTime(0.25, start + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.26);
      tone.connect(volume).connect(audio.destination);
      tone.start(start);
      tone.stop(start + 0.28);
    });
  };
  const quiet = () => {
    clearInterval(ringing);
    ringing = null;
    document.documentElement.removeAttribute("data-ringing");
  };
  const ring = () => {
    if (ringing) return;
    document.documentElement.dataset.ringing = "yes";
    beep();
    ringing = setInterval(beep, 2000);
  };
  function listen() {
    const now = alarms();
    const fresh = now.filter((one) => !known.has(one));
    for (const one of now) known.add(one);
    if (!now.length) quiet();
    else if (fresh.length && button) ring();
  }
  button?.addEventListener("click", () => {
    audio ??= new AudioContext();
    const on = audio.state !== "running" || button.getAttribute("aria-pressed") !== "true";
    if (on) audio.resume(); else audio.suspend();
    button.setAttribute("aria-pressed", on ? "true" : "false");
    const word = button.querySelector("[data-on]");
    word.textContent = on ? word.dataset.on : word.dataset.off;
  });
  for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, quiet);
})();
