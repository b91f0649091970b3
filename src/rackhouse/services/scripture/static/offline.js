// Keeps the pages that were read, to be read offline. What comes over the network is always asked for
// first; what is kept is of one version, and a version is the digest of all words and of the look.
"use strict";
const NAME = `read-${TOLD.version}`;
const KEPT = /^\/(read\/|books$|about$|passages$|$)/;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(NAME);
    await cache.addAll([...TOLD.files, "/", "/books", "/about"]);
    await self.skipWaiting();
  })());
});

// What an older version kept is fetched anew, in the words and the look of this one; then it goes.
self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(NAME);
    for (const name of await caches.keys()) {
      if (name === NAME || !name.startsWith("read-")) continue;
      for (const request of await (await caches.open(name)).keys()) {
        const { pathname, search } = new URL(request.url);
        if (pathname.startsWith("/read/")) await cache.add(pathname + search).catch(() => null);
      }
      await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) {
    event.respondWith((async () => (await caches.match(request)) ?? fetch(request))());
  } else if (request.mode === "navigate" && KEPT.test(url.pathname)) {
    event.respondWith(page(event, request, url));
  }
});

async function page(event, request, url) {
  const cache = await caches.open(NAME);
  try {
    const answer = await fetch(request);
    if (answer.ok && answer.type === "basic") {
      const copy = answer.clone();
      event.waitUntil(cache.put(url.pathname + url.search, copy));
    }
    return answer;
  } catch {
    const kept = (await cache.match(url.pathname + url.search)) ?? (await whole(cache, url));
    return kept ?? new Response(await away.text(), away);
  }
}

// `/read/JHN/3/16` is the chapter too, where that was kept.
async function whole(cache, url) {
  const [, , book, chapter] = url.pathname.split("/");
  return chapter ? cache.match(`/read/${book}/${chapter}${url.search}`) : undefined;
}

const away = {
  status: 503,
  headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": "default-src 'none'" },
  text: async () => "<!doctype html><html lang=en><meta name=viewport content='width=device-width'><title>Offline</title>"
    + "<h1>This was not read before</h1><p>There is no network. What you read on this device is still here: <a href='/'>start page</a>.",
};
