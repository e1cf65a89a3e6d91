// Redraws how far sending is every two seconds, for as long as the page is looked at. Without this script a reload
// shows the same.
"use strict";
(() => {
  const shown = document.getElementById("progress");
  if (!shown) return;
  const every = 2000;

  const redraw = async () => {
    if (document.visibilityState === "visible" && !shown.contains(document.activeElement)) {
      const answer = await fetch(shown.dataset.from, { redirect: "error" });
      if (!answer.ok) return;
      const html = await answer.text();
      if (html.trim() !== redraw.last) shown.innerHTML = redraw.last = html.trim();
    }
    setTimeout(() => redraw().catch(() => {}), every);
  };
  setTimeout(() => redraw().catch(() => {}), every);
})();
