// The form of evidence shows the field of the chosen form alone. Without this script all of them are there.
(() => {
  "use strict";

  const form = document.querySelector("[data-evidence-form] form");
  if (!form) return;
  const fieldOf = (name) => form.querySelector(`[name="${name}"]`)?.closest(".field");
  const show = () => {
    const kind = form.querySelector('[name="kind"]:checked')?.value;
    for (const name of ["link", "file"]) fieldOf(name)?.toggleAttribute("hidden", Boolean(kind) && kind !== name);
    fieldOf("text")?.querySelector(".optional")?.toggleAttribute("hidden", kind === "text");
  };
  form.addEventListener("change", show);
  show();
})();
