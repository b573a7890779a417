// Before the first paint: "as the device" becomes light or dark, and follows the device while the page is open.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  if (root.dataset.appearance !== "system") return;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => { root.dataset.bsTheme = dark.matches ? "dark" : "light"; };
  dark.addEventListener("change", follow);
  follow();
})();
