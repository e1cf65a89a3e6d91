// Presses the one button for a person who came here by a vote's link in a mail. A scanner that opens the page, runs
// scripts and leaves makes no gesture; nor does a pointer that merely rests where the page appears.
"use strict";
(() => {
  const form = document.getElementById("vote");
  const far = 24;
  // Nobody's hand moves further between two events; browsers that enter a page report where they come from.
  const jump = 150;
  let first = null;
  let last = null;

  const distance = (one, other) => Math.hypot(other.screenX - one.screenX, other.screenY - one.screenY);
  const press = (event) => {
    if (!event.isTrusted || document.visibilityState !== "visible" || event.target.closest?.("a, button, summary, form")) return;
    stop();
    form.requestSubmit();
  };
  const moved = (event) => {
    if (!event.isTrusted) return;
    if (!last || distance(last, event) > jump) first = event;
    last = event;
    if (distance(first, event) > far) press(event);
  };
  const keyed = (event) => {
    if (event.key === "Enter") press(event);
  };
  const kinds = [["pointermove", moved], ["pointerup", press], ["keydown", keyed]];
  const stop = () => kinds.forEach(([kind, answer]) => document.removeEventListener(kind, answer));
  if (form) kinds.forEach(([kind, answer]) => document.addEventListener(kind, answer));
})();
