// The box for an idea: kept on the phone first, then sent. Without this the form is sent plainly.
import { LOST, REFUSED, WAITING, drop, keep, kept, send, sendAll } from "./outbox.js";

const form = document.querySelector("#idea-form");
const shelf = document.querySelector("#outbox");

form.addEventListener("submit", (event) => {
  // Buttons that lead elsewhere go there plainly.
  if (event.submitter?.hasAttribute("formaction") || !form.elements.text.value.trim()) return;
  event.preventDefault();
  throwIdea().catch(() => form.submit());
});

// Without the network nothing similar can be looked for.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!navigator.onLine) event.preventDefault();
});

window.addEventListener("online", () => sendAll().then(show));

async function throwIdea() {
  const { key, text, scope, naming, name } = form.elements;
  const idea = {
    key: key.value,
    address: form.action,
    token: form.dataset.token,
    state: WAITING,
    fields: { text: text.value, scope: scope.value, naming: naming.value, name: name.value },
  };
  await keep(idea);
  const outcome = await send(idea);
  if (outcome.state === "sent") {
    await drop(idea.key);
    window.location.assign(`${outcome.address}?new=1`);
  } else if (outcome.state === WAITING && outcome.status !== 429) {
    form.reset();
    key.value = crypto.randomUUID();
    await askForSync();
    await show();
  } else {
    // The server says why, on a page that keeps what was written.
    await drop(idea.key);
    await submitWithFreshToken();
  }
}

async function submitWithFreshToken() {
  const answer = await fetch(form.dataset.token, { cache: "no-store" });
  form.elements.csrf_token.value = (await answer.json()).token;
  form.submit();
}

// Lets the browser send later, also when this page is closed; not every browser can.
async function askForSync() {
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.sync?.register("ideas").catch(() => undefined);
}

// Says honestly what is still here, and what has left.
async function show() {
  const ideas = await kept();
  shelf.replaceChildren(...ideas.map(notice));
  for (const idea of ideas) if (idea.state === "sent") await drop(idea.key);
}

function notice(idea) {
  const box = document.createElement("div");
  box.className = "ds-alert stack stack-small";
  box.dataset.color = { sent: "success", [WAITING]: "info" }[idea.state] || "warning";
  if (idea.state === "sent") {
    const link = paragraph("").appendChild(document.createElement("a"));
    link.href = `${idea.follow}?new=1`;
    link.textContent = shelf.dataset.sent;
    box.append(link.parentElement);
  } else if (idea.state === REFUSED) {
    box.append(paragraph(shelf.dataset.refused), mendButton(idea));
  } else if (idea.state === LOST) {
    box.append(paragraph(shelf.dataset.lost), paragraph(idea.fields.text));
  } else {
    box.append(paragraph(shelf.dataset.waiting), paragraph(shelf.dataset.again));
  }
  return box;
}

function paragraph(text) {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
}

function mendButton(idea) {
  const button = document.createElement("button");
  button.className = "ds-button";
  button.type = "button";
  button.dataset.variant = "secondary";
  button.textContent = shelf.dataset.look;
  button.addEventListener("click", async () => {
    for (const [name, value] of Object.entries(idea.fields)) form.elements[name].value = value;
    form.elements.key.value = idea.key;
    await drop(idea.key);
    await submitWithFreshToken();
  });
  return button;
}

async function keepThisPage() {
  const registration = await navigator.serviceWorker.register(form.dataset.worker, {
    type: "module",
  });
  await navigator.serviceWorker.ready;
  const parts = performance
    .getEntriesByType("resource")
    .map((each) => new URL(each.name))
    .filter((each) => each.pathname.startsWith("/static/"))
    .map((each) => each.pathname + each.search);
  registration.active?.postMessage({ keep: [window.location.pathname, ...parts] });
}

if ("serviceWorker" in navigator && document.querySelector("[data-keeps]")) {
  // Offline is an extra: a browser that refuses the worker has the plain page.
  keepThisPage().catch(() => undefined);
}
sendAll().then(show).catch(() => undefined);
