// Redraws a preview while its form is edited. Without this file the form's own buttons do the same.
// A form with data-preview says where to ask; the answer is a fragment for #preview. With data-fields it names the only
// fields that count, which are asked for by GET and stand in the address; without, all of the form is posted.
"use strict";
(() => {
  const form = document.querySelector("form[data-preview]");
  const place = document.getElementById("preview");
  const said = document.getElementById("preview-said");
  if (!form || !place) return;
  const calm = 100;
  const again = 2000;
  let timer = 0;
  let asking = null;
  let shown = null;

  const only = form.dataset.fields?.split(" ");

  // Keys and pasted papers are for the subscription alone: addresses are kept in histories and logs.
  const secrets = /zotero(?:\s+key)?:?\s?[a-z0-9]{24}\b/gi;
  const pasted = /(^|[\s,;])(?:@[a-z]+\s*\{|TY {1,2}- ?\w)[^]*/i;
  const open = (text) => text.replace(secrets, "").replace(pasted, "$1");

  // What the form says now, as it would be sent; files are left out, and what is not for the preview.
  const filled = () => {
    const fields = new URLSearchParams();
    for (const [name, sent] of new FormData(form)) {
      const value = only && typeof sent === "string" ? open(sent) : sent;
      if (typeof value === "string" && value.trim() && (!only || only.includes(name))) fields.append(name, value);
    }
    return fields;
  };

  // The address that shows the same again.
  const address = (fields) => {
    if (!only) return;
    const query = fields.toString();
    history.replaceState(null, "", query ? `?${query}` : location.pathname);
  };

  const ask = async () => {
    const fields = filled();
    if (fields.toString() === shown) return;
    asking?.abort();
    const mine = (asking = new AbortController());
    const wanted = fields.toString();
    place.setAttribute("aria-busy", "true");
    try {
      const answer =
        only
          ? await fetch(`${form.dataset.preview}?${wanted}`, { signal: mine.signal })
          : await fetch(form.dataset.preview, { method: "POST", body: fields, signal: mine.signal });
      if (answer.status === 503) {
        timer = setTimeout(ask, again);
        return;
      }
      if (!answer.ok) return;
      const html = await answer.text();
      if (mine.signal.aborted) return;
      place.innerHTML = html;
      shown = wanted;
      // A screen reader is told the sum of it, not read ten papers at every letter.
      said.textContent = place.querySelector(".sum, .notice")?.textContent ?? "";
      if (place.querySelector("[data-again]")) {
        shown = null;
        timer = setTimeout(ask, again);
      }
      address(fields);
    } catch (error) {
      // Typed on, or offline: what is there stays.
      if (error.name !== "AbortError") shown = null;
    } finally {
      if (asking === mine) place.removeAttribute("aria-busy");
    }
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, calm);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", (event) => {
    if (!only || !event.submitter?.matches("[data-show]")) return;
    event.preventDefault();
    clearTimeout(timer);
    ask();
  });
  // A vote counts at once: it is sent, and the preview drawn anew.
  place.addEventListener("submit", async (event) => {
    if (!event.target.matches("[data-vote]")) return;
    event.preventDefault();
    try {
      const answer = await fetch(event.submitter.formAction, { method: "POST", body: new URLSearchParams() });
      if (!answer.ok) throw new Error(answer.statusText);
      shown = null;
      await ask();
      place.querySelector("h2")?.focus({ preventScroll: true });
    } catch {
      // The page that the button leads to says what is wrong.
      event.target.action = event.submitter.formAction;
      event.target.submit();
    }
  });
  shown = filled().toString();
  if (place.querySelector("[data-again]")) {
    shown = null;
    timer = setTimeout(ask, again);
  }
})();
