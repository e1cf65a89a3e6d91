// Presses the one button for a person who came here by a vote's link in a mail. A scanner that opens the page, runs
// scripts and leaves makes no gesture; nor does a pointer that merely rests where the page appears.
"use strict";
(() => {
  const form = document.getElementById("vote");
  const far = 24;
  let first = null;

  const press = (event) => {
    if (!event.isTrusted || document.visibilityState !== "visible" || event.target.closest?.("a, button, summary, form")) return;
    stop();
    form.requestSubmit();
  };
  const moved = (event) => {
    if (!event.isTrusted) return;
    first ??= event;
    if (Math.hypot(event.screenX - first.screenX, event.screenY - first.screenY) > far) press(event);
  };
  const keyed = (event) => {
    if (event.key === "Enter") press(event);
  };
  const kinds = [["pointermove", moved], ["pointerup", press], ["keydown", keyed]];
  const stop = () => kinds.forEach(([kind, answer]) => document.removeEventListener(kind, answer));
  if (form) kinds.forEach(([kind, answer]) => document.addEventListener(kind, answer));
})();
