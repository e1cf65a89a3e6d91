// Votes where they stand: a press is sent and shown without leaving the page, a second press takes it back. Without
// this script each button leads to a page that says the same.
"use strict";
(() => {
  const opposites = { like: ["dislike"], save: ["dislike"], dislike: ["like", "save"] };
  const name = (button) => button.formAction.split("/").pop();

  const show = (form, button, on) => {
    for (const other of form.querySelectorAll("button[aria-pressed]")) {
      if (other === button) other.setAttribute("aria-pressed", String(on));
      else if (on && opposites[name(button)].includes(name(other))) other.setAttribute("aria-pressed", "false");
    }
  };

  const send = async (form, button) => {
    const said = form.querySelector("[role=status]");
    const on = button.getAttribute("aria-pressed") !== "true";
    const sent = new URLSearchParams(on ? {} : { undo: "1" });
    try {
      const answer = await fetch(button.formAction, { method: "POST", body: sent });
      if (!answer.ok) throw new Error(answer.statusText);
      show(form, button, on);
      said.textContent = on ? form.dataset.noted : form.dataset.undone;
    } catch {
      said.textContent = form.dataset.failed;
    }
  };

  for (const form of document.querySelectorAll("form[data-noted]")) {
    for (const button of form.querySelectorAll("button")) {
      if (name(button) in opposites) button.setAttribute("aria-pressed", "false");
    }
    form.addEventListener("submit", (event) => {
      if (!(name(event.submitter) in opposites)) return;
      event.preventDefault();
      send(form, event.submitter);
    });
  }
})();
