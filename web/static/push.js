// The button that has this browser told. It asks for permission only when it is pressed.
(() => {
  "use strict";
  const button = document.querySelector("[data-push]");
  if (!button) return;
  const told = document.querySelector("[data-push-said]");
  const say = (text) => { told.textContent = text; };
  if (!("serviceWorker" in navigator) || !("PushManager" in window)) {
    say(button.dataset.cannot);
    return;
  }
  button.hidden = false;

  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };
  const same = (one, other) => one.length === other.length && one.every((n, i) => n === other[i]);

  // A browser that was told by another key of ours (a restored installation) asks anew.
  const subscribed = async () => {
    const worker = await navigator.serviceWorker.register("/sw.js");
    await navigator.serviceWorker.ready;
    const { key } = await (await fetch("/push/key")).json();
    const ours = bytes(key);
    const held = await worker.pushManager.getSubscription();
    const theirs = held?.options.applicationServerKey;
    if (held && theirs && same(new Uint8Array(theirs), ours)) return held;
    if (held) await held.unsubscribe();
    return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: ours });
  };

  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      if (await Notification.requestPermission() !== "granted") { say(button.dataset.denied); return; }
      const { endpoint, keys } = (await subscribed()).toJSON();
      const form = new URLSearchParams({ endpoint, p256dh: keys.p256dh, auth: keys.auth });
      const answer = await fetch("/push", { method: "POST", body: form });
      const said = await answer.json();
      if (answer.ok) location.reload();
      say(said.said || said.error);
    } catch {
      say(button.dataset.failed);
    } finally {
      button.disabled = false;
    }
  });
})();
