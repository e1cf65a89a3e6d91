// Comforts of the preferences page: more topic fields, a filter over the categories, the browser's time zone. The form
// works without any of them.
"use strict";
(() => {
  const form = document.querySelector("form.preferences");
  if (!form) return;

  // Another topic, as often as one likes.
  const more = form.querySelector("[data-more]");
  more.hidden = false;
  // One empty field is enough where there is a button for more.
  for (const field of [...form.querySelectorAll("input[name=topic]")].filter((field) => !field.value).slice(1)) field.remove();
  more.addEventListener("click", () => {
    const fields = form.querySelectorAll(`input[name=${more.dataset.more}]`);
    const free = [...fields].find((field) => !field.value.trim());
    if (free) return free.focus();
    const field = fields[fields.length - 1].cloneNode();
    field.value = "";
    field.removeAttribute("aria-invalid");
    field.setAttribute("aria-label", more.dataset.label.replace("{n}", fields.length + 1));
    more.before(field);
    field.focus();
  });

  // Categories by their names and codes.
  const tree = document.getElementById("categories");
  const filter = tree.querySelector("[data-filter]");
  const count = tree.querySelector("[data-count]");
  const open = new Map();
  filter.hidden = false;
  filter.querySelector("input").addEventListener("input", (event) => {
    event.stopPropagation();
    const wanted = event.target.value.trim().toLowerCase();
    for (const branch of tree.querySelectorAll(".tree > details")) {
      if (!open.has(branch)) open.set(branch, branch.open);
      const whole = branch.firstElementChild.textContent.toLowerCase().includes(wanted);
      let any = whole;
      for (const leaf of branch.querySelectorAll("label")) {
        const fits = whole || leaf.textContent.toLowerCase().includes(wanted);
        leaf.hidden = !fits;
        any ||= fits;
      }
      branch.hidden = !any;
      branch.open = wanted ? any : open.get(branch);
      if (!wanted) open.delete(branch);
    }
  });
  tree.addEventListener("change", () => {
    const chosen = tree.querySelectorAll("input[name=category]:checked").length;
    count.textContent = chosen ? `(${chosen})` : "";
  });

  // A day that is picked is a day that is meant.
  form.addEventListener("change", (event) => {
    const days = { weekday: "weekly", chosen: "chosen" }[event.target.name];
    if (days) form.querySelector(`input[name=days][value=${days}]`).checked = true;
  });

  // The zone this browser is in is offered, and taken only when pressed.
  const zone = document.getElementById("zone");
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (here && here !== zone.value && [...zone.options].some((option) => option.value === here)) {
    const use = Object.assign(document.createElement("button"), { type: "button", className: "link" });
    use.textContent = zone.dataset.guess.replace("{zone}", here);
    use.addEventListener("click", () => {
      zone.value = here;
      use.remove();
      zone.focus();
    });
    zone.after(use);
  }
})();
