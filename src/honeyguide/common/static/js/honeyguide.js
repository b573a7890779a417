// What all pages share: dialogs, forms that are sent once, notices, work in progress.
(() => {
  const closest = (event, selector) => (event.target instanceof Element ? event.target.closest(selector) : null);
  document.addEventListener("click", (event) => {
    const opener = closest(event, "[data-dialog-next]");
    if (opener) opener.parentElement.querySelector("dialog")?.showModal();
    if (closest(event, "[data-dialog-close]")) closest(event, "dialog")?.close();
    if (event.target instanceof HTMLDialogElement) event.target.close();
  });
})();
