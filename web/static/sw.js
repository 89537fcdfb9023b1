// Shows what was pushed, and answers from the notification. It keeps no page and no answer:
// what a person sees is always the server's.
"use strict";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let said = {};
  try { said = event.data.json(); } catch { said = { title: "Ringwatch" }; }
  const actions = said.take ? [{ action: "take", title: said.take }] : [];
  event.waitUntil(self.registration.showNotification(said.title || "Ringwatch", {
    body: said.body || "",
    tag: said.tag,
    renotify: Boolean(said.tag),
    requireInteraction: Boolean(said.urgent),
    vibrate: said.urgent ? [400, 200, 400, 200, 400] : [200],
    lang: said.language,
    icon: "/static/now/icon-192.png",
    data: { link: said.link, notice: said.notice, noted: said.noted, title: said.title, tag: said.tag },
    actions,
  }));
});

const open = (link) => self.clients.openWindow(link || "/");

// Behind login: where that has ended, the personal page opens instead, whose button needs none.
const take = async ({ link, notice, noted, title, tag }) => {
  try {
    const answer = await fetch(`/push/answer/${Number(notice)}`, {
      method: "POST", credentials: "same-origin", redirect: "manual",
    });
    if (answer.ok) return self.registration.showNotification(title, { body: noted, tag });
  } catch { /* no network: the page says so */ }
  return open(link);
};

self.addEventListener("notificationclick", (event) => {
  const said = event.notification.data || {};
  event.notification.close();
  event.waitUntil(event.action === "take" ? take(said) : open(said.link));
});
