// Keeps a unit's page on the phone, and sends what waits when the network comes back.
import { sendAll } from "/static/js/outbox.js";

const CACHE = "needsbank-ideas-1";
const BOX = /^\/i\/[a-z0-9]+$/;

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

// The first visit is not seen by the worker: the page tells what it is made of.
self.addEventListener("message", (event) => {
  event.waitUntil(Promise.all(event.data.keep.map((address) => fresh(new Request(address)))));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  const isPage = request.mode === "navigate" && BOX.test(pathname);
  if (isPage || pathname.startsWith("/static/")) event.respondWith(fresh(request));
});

self.addEventListener("sync", (event) => {
  event.waitUntil(sendAll());
});

// What the network gives, else what was kept of it.
async function fresh(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await keep(cache, request, answer.clone());
    return answer;
  } catch (error) {
    const before = await cache.match(request, { ignoreSearch: true });
    if (before) return before;
    throw error;
  }
}

// The new one is kept before former versions go: the network may end in between.
async function keep(cache, request, answer) {
  await cache.put(request, answer);
  const versions = await cache.keys(request, { ignoreSearch: true });
  const former = versions.filter((each) => each.url !== request.url);
  await Promise.all(former.map((each) => cache.delete(each)));
}
