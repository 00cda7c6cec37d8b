// What makes pages smoother; every page works without it.

// A form with errors is answered with 422 and shown like any other page.
document.addEventListener("DOMContentLoaded", () => {
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();
  for (const kind of document.querySelectorAll("[data-shown-for]")) followChoice(kind);
});

// Shows a group of fields only for one value of a choice; what is hidden is not asked for.
function followChoice(group) {
  const [name, value] = group.dataset.shownFor.split("=");
  const choices = document.querySelectorAll(`input[name="${name}"]`);
  const update = () => {
    const chosen = document.querySelector(`input[name="${name}"]:checked`);
    group.hidden = !chosen || chosen.value !== value;
  };
  for (const choice of choices) choice.addEventListener("change", update);
  update();
}
