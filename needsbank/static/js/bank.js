// What makes pages smoother; every page works without it.

// A form with errors is answered with 422 and shown like any other page.
document.addEventListener("DOMContentLoaded", () => {
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();
  for (const kind of document.querySelectorAll("[data-shown-for]")) followChoice(kind);
});

// Shows a group of fields only for some values of a choice; what is hidden is not asked for.
function followChoice(group) {
  const [name, values] = group.dataset.shownFor.split("=");
  const choices = document.querySelectorAll(`input[name="${name}"]`);
  const update = () => {
    const chosen = document.querySelector(`input[name="${name}"]:checked`);
    group.hidden = !chosen || !values.split("|").includes(chosen.value);
  };
  for (const choice of choices) choice.addEventListener("change", update);
  update();
}

// At the coordinator's desk one key judges the hit that has the focus.
const VERDICTS = { 1: "same", s: "same", 2: "partly", p: "partly", 3: "no", n: "no" };

document.addEventListener("keydown", (event) => {
  const hit = event.target.closest("[data-hit]");
  if (!hit || event.ctrlKey || event.metaKey || event.altKey) return;
  const verdict = VERDICTS[event.key.toLowerCase()];
  const button = verdict && hit.querySelector(`button[name="verdict"][value="${verdict}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});

// After a verdict the next hit that waits for one is in focus; after an undo, the hit itself.
document.addEventListener("htmx:load", (event) => {
  const verdict = event.detail.elt;
  if (!verdict.matches(".verdict")) return;
  const hit = verdict.closest("[data-hit]");
  const next = "judged" in verdict.dataset ? nextUnjudged(hit) : hit;
  (next || hit).focus();
});

function nextUnjudged(hit) {
  const hits = [...document.querySelectorAll("[data-hit]")];
  const place = hits.indexOf(hit);
  const waiting = [...hits.slice(place + 1), ...hits.slice(0, place)].filter(
    (each) => each.checkVisibility() && each.querySelector('button[name="verdict"]'),
  );
  return waiting[0];
}
