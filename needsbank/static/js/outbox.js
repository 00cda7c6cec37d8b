// Ideas that wait on this phone until the network is back. The page and its worker share them.

const NAME = "needsbank-ideas";
const STORE = "outbox";

export const WAITING = "waiting";
export const REFUSED = "refused";
export const LOST = "lost";

// What an answer means for an idea; anything else is no answer yet, so the idea waits on.
const STATES = { 404: LOST, 413: REFUSED, 422: REFUSED };

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function within(mode, act) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const keep = (idea) => within("readwrite", (store) => store.put(idea));
export const drop = (key) => within("readwrite", (store) => store.delete(key));
export const kept = () => within("readonly", (store) => store.getAll());

// A page that was opened long ago, or without the network, holds a token of no session any more:
// a fresh one is asked for. Only pages of this site can read it, so nobody else can send with it.
async function freshToken(idea) {
  const answer = await fetch(idea.token, { credentials: "same-origin", cache: "no-store" });
  if (!answer.ok) throw new TypeError("no token");
  return (await answer.json()).token;
}

// Sends one idea. Its key makes it one, however often it is sent.
export async function send(idea) {
  if (!navigator.onLine) return { state: WAITING };
  try {
    const body = new URLSearchParams({
      ...idea.fields,
      key: idea.key,
      csrf_token: await freshToken(idea),
    });
    const answer = await fetch(idea.address, {
      method: "POST",
      credentials: "same-origin",
      headers: { Accept: "application/json" },
      body,
    });
    if (answer.status === 201) return { state: "sent", address: (await answer.json()).address };
    return { state: STATES[answer.status] || WAITING, status: answer.status };
  } catch (error) {
    if (error instanceof TypeError) return { state: WAITING };
    throw error;
  }
}

// Sends what waits; gives each idea with what became of it. One sender at a time is enough.
export async function sendAll() {
  const run = async () => {
    const done = [];
    for (const idea of await kept()) {
      if (idea.state !== WAITING) continue;
      const outcome = await send(idea);
      if (outcome.state === "sent") await keep({ ...idea, state: "sent", follow: outcome.address });
      else if (outcome.state !== WAITING) await keep({ ...idea, state: outcome.state });
      done.push({ idea, outcome });
    }
    return done;
  };
  return navigator.locks ? navigator.locks.request(NAME, run) : run();
}
