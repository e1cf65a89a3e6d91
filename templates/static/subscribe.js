// Comforts of the form to subscribe, which works without them: the browser's time zone, so that a digest comes in the
// reader's own morning, and Enter in the address field subscribes, though another button comes first in the form.
for (const form of document.querySelectorAll("form.subscribe")) {
  const zone = form.querySelector("input[name=zone]");
  if (!zone.value) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  form.querySelector("input[type=email]").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-main]"));
  });
}
