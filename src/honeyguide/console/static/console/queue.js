// Keys of a work queue: j and k move, a goes to "accept", d to "decline", / to the search. They keep out of the way of
// typing and of every combination with a modifier, and can be switched off (the choice is kept in the browser).
(() => {
  "use strict";

  const SWITCH = "honeyguide.queue.keys";
  const typing = (element) =>
    element instanceof Element && element.closest("input, textarea, select, [contenteditable], dialog[open]") !== null;
  const queue = () => document.getElementById("queue");
  const find = (selector) => queue()?.querySelector(selector) ?? null;

  const isOn = () => {
    try {
      return localStorage.getItem(SWITCH) !== "off";
    } catch {
      return true;
    }
  };
  const turn = (on) => {
    try {
      localStorage.setItem(SWITCH, on ? "on" : "off");
    } catch {
      // A browser that keeps nothing: the keys stay as they are.
    }
    show();
  };
  const show = () => {
    const button = find("[data-queue-keys]");
    if (!button) return;
    button.hidden = false;
    button.textContent = isOn() ? button.dataset.off : button.dataset.on;
    find("[data-queue-help]")?.toggleAttribute("hidden", !isOn());
  };

  const move = (by) => {
    const lines = [...(queue()?.querySelectorAll("[data-queue-line]") ?? [])];
    const at = lines.findIndex((line) => line.getAttribute("aria-current") === "true");
    const next = lines[at < 0 ? 0 : at + by];
    if (!next) return;
    next.focus();
    next.click();
  };
  const decide = (which) => {
    const part = find(`[data-queue-${which}]`);
    if (!part) return;
    if (part instanceof HTMLDetailsElement) part.open = true;
    const target = part.matches("button") ? part : part.querySelector("textarea, input:not([type=hidden]), button");
    if (target === document.activeElement && target instanceof HTMLButtonElement) target.click();
    else target?.focus();
  };

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    a: () => decide("accept"),
    d: () => decide("decline"),
    "/": () => find("input[name=q]")?.focus(),
  };

  document.addEventListener("keydown", (event) => {
    if (!queue() || !isOn() || event.defaultPrevented || event.repeat) return;
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-queue-keys]")) turn(!isOn());
  });
  // A refusal comes with its status (409, 422) and the page that says why: it is shown like any other answer.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id === "main" && [403, 409, 422].includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.addEventListener("htmx:afterSettle", () => {
    show();
    if (document.activeElement === document.body) find("[data-queue-line][aria-current=true]")?.focus();
  });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", show);
  else show();
})();
