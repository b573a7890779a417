// What all pages share: dialogs, forms that are sent once, notices, work in progress. Every page works without it.
(() => {
  const nearest = (event, selector) => (event.target instanceof Element ? event.target.closest(selector) : null);

  // Dialogs: a button opens the one that it names, or that stands beside it; Escape, the cross and the ground around it close it.
  document.addEventListener("click", (event) => {
    const named = nearest(event, "[data-dialog]");
    if (named) document.getElementById(named.dataset.dialog)?.showModal();
    const opener = nearest(event, "[data-dialog-next]");
    if (opener) opener.parentElement.querySelector(":scope > dialog")?.showModal();
    if (nearest(event, "[data-dialog-close]")) nearest(event, "dialog")?.close();
    if (nearest(event, "[data-notice-close]")) nearest(event, ".notice")?.remove();
    if (event.target instanceof HTMLDialogElement && outside(event, event.target)) event.target.close();
  });
  const outside = (event, dialog) => {
    const box = dialog.getBoundingClientRect();
    return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
  };

  // Forms marked data-once are sent once; the button says that it is at work.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.hasAttribute("data-once") || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    (event.submitter ?? form.querySelector("[type=submit]"))?.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
    }
  });

  // What was typed is kept in this tab while a form is under way: it is back after signing in anew, for the same person.
  const KEPT = "typed";
  const reader = document.body.dataset.reader ?? "";
  const here = location.pathname + location.search;
  const typed = (form) =>
    [...form.elements].filter((field) => field.name && !["hidden", "password", "file", "submit", "button"].includes(field.type));
  const forms = () => [...document.querySelectorAll("form")];
  const keep = (form) => {
    if (!(form instanceof HTMLFormElement) || !reader || here.startsWith("/account/")) return;
    const fields = typed(form).map(({ name, value, checked }) => ({ name, value, checked }));
    try {
      sessionStorage.setItem(KEPT, JSON.stringify({ reader, here, place: forms().indexOf(form), fields }));
    } catch { /* no room, or not allowed: the form is sent all the same */ }
  };
  const bringBack = () => {
    let kept = null;
    try {
      kept = JSON.parse(sessionStorage.getItem(KEPT));
      if (!kept) return;
      if (!reader || document.querySelector("meta[name=keep-typed]")) {
        sessionStorage.setItem(KEPT, JSON.stringify({ ...kept, wanted: true }));
        return;
      }
      sessionStorage.removeItem(KEPT);
    } catch { return; }
    const form = forms()[kept.place];
    const fields = form ? typed(form) : [];
    const same = fields.length === kept.fields.length && fields.every((field, n) => field.name === kept.fields[n].name);
    if (!kept.wanted || kept.reader !== reader || kept.here !== here || !same || fields.length === 0) return;
    fields.forEach((field, n) => {
      if (["checkbox", "radio"].includes(field.type)) field.checked = kept.fields[n].checked;
      else field.value = kept.fields[n].value;
    });
    const fold = form.closest("details");
    if (fold) fold.open = true;
    form.closest("dialog")?.showModal();
    tell(toasts?.dataset.restored, "plain");
  };
  document.addEventListener("submit", (event) => {
    if (event.target.method === "post") keep(event.target);
  });
  document.addEventListener("htmx:beforeRequest", (event) => keep(event.detail.elt.closest("form")));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.xhr.getResponseHeader("HX-Redirect")) sessionStorage.removeItem(KEPT);
  });

  // A choice marked data-submit sends its form.
  document.addEventListener("change", (event) => {
    const choice = nearest(event, "[data-submit]");
    if (choice) choice.form?.requestSubmit();
  });

  // A table wider than its frame is scrolled by keyboard too.
  const frames = () => {
    for (const frame of document.querySelectorAll(".table-frame")) {
      const wide = frame.scrollWidth > frame.clientWidth + 1;
      if (!wide) { frame.removeAttribute("tabindex"); continue; }
      const heading = frame.closest("section, .card")?.querySelector("h2, h3") ?? document.querySelector("h1");
      frame.tabIndex = 0;
      frame.setAttribute("role", "group");
      if (!frame.hasAttribute("aria-label") && heading) frame.setAttribute("aria-label", heading.textContent.trim());
    }
  };
  frames();
  window.addEventListener("resize", frames);
  document.addEventListener("toggle", frames, true);
  document.addEventListener("htmx:afterSettle", frames);

  // Tabs wider than the page show the one that is open, also when a phone was turned.
  let width = 0;
  const showOpenTabs = () => {
    if (window.innerWidth === width) return; // only the height: a phone's bar of addresses comes and goes
    width = window.innerWidth;
    for (const tabs of document.querySelectorAll(".nav-tabs")) {
      const open = tabs.querySelector(".active")?.getBoundingClientRect();
      const row = tabs.getBoundingClientRect();
      if (open) tabs.scrollLeft += (open.left + open.right - row.left - row.right) / 2;
    }
  };
  showOpenTabs();
  window.addEventListener("resize", showOpenTabs);

  // Parts of pages that htmx fetches.
  const bar = document.getElementById("loading");
  const toasts = document.getElementById("toasts");
  let waiting = 0;
  const show = () => {
    if (!bar) return;
    const words = bar.querySelector("[data-words]");
    bar.classList.toggle("is-on", waiting > 0);
    if (words) words.textContent = waiting > 0 ? words.dataset.words : "";
  };
  const tell = (words, tone = "error") => {
    if (!toasts || !words) return;
    const notice = document.createElement("div");
    notice.className = `notice notice-${tone}`;
    notice.setAttribute("role", tone === "error" ? "alert" : "status");
    notice.textContent = words;
    toasts.append(notice);
    window.setTimeout(() => notice.remove(), 10000);
  };
  document.addEventListener("htmx:beforeRequest", () => { waiting += 1; show(); });
  document.addEventListener("htmx:afterRequest", () => { waiting = Math.max(0, waiting - 1); show(); });
  document.addEventListener("htmx:beforeSwap", (event) => {
    // A refusal names where its words go, whatever its status.
    if (event.detail.xhr.getResponseHeader("HX-Retarget")) { event.detail.shouldSwap = true; event.detail.isError = false; }
  });
  document.addEventListener("htmx:responseError", (event) => {
    if (!event.detail.xhr.getResponseHeader("HX-Retarget")) tell(toasts?.dataset.failed);
  });
  document.addEventListener("htmx:sendError", () => tell(toasts?.dataset.offline));
  document.addEventListener("htmx:timeout", () => tell(toasts?.dataset.offline));
  document.addEventListener("allauth.error", (event) => { event.preventDefault(); tell(toasts?.dataset.passkey); });
  document.addEventListener("htmx:configRequest", (event) => {
    // An address holds what was chosen, not what was left empty.
    if (event.detail.verb !== "get") return;
    for (const name of [...new Set(event.detail.formData.keys())]) {
      if (event.detail.formData.getAll(name).every((value) => value === "")) event.detail.formData.delete(name);
    }
  });
  bringBack();
})();
