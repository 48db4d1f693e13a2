// Theme, keyboard and the help overlay of every page: no round trip to the server.
(() => {
  const root = document.documentElement;
  const COOKIE = "sesamoid_theme";

  function wanted() {
    const kept = document.cookie.split("; ").find((one) => one.startsWith(COOKIE + "="));
    return kept ? kept.split("=")[1] : root.dataset.themeDefault || "auto";
  }
  function isDark(choice) {
    return choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  }
  function show() {
    const dark = isDark(wanted());
    root.dataset.theme = dark ? "dark" : "light";
    if (window.Quasar?.Dark) window.Quasar.Dark.set(dark);
    for (const button of document.querySelectorAll("[data-theme-button]")) {
      button.querySelector(".material-icons").textContent = dark ? "light_mode" : "dark_mode";
      const text = dark ? "Light theme" : "Dark theme";
      button.setAttribute("aria-label", text);
      button.title = text;
    }
  }
  function turn() {
    const next = root.dataset.theme === "dark" ? "light" : "dark";
    document.cookie = `${COOKIE}=${next}; path=/; max-age=31536000; samesite=lax`;
    show();
  }
  show();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);

  // Keys: whatever has data-key is pressed by that key, and the help overlay lists it.
  const NAMES = { " ": "Space", arrowleft: "←", arrowright: "→", arrowup: "↑", arrowdown: "↓",
    escape: "Esc", enter: "Enter", "?": "?" };
  const shown = (key) => NAMES[key.toLowerCase()] || key.toUpperCase();

  function isVisible(element) {
    return element.getClientRects().length > 0 && !element.disabled
      && element.getAttribute("aria-disabled") !== "true";
  }
  function isTyping(target) {
    return target.closest?.("input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select, [contenteditable=true]");
  }
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target)) return;
    const help = document.getElementById("help");
    if (event.key === "?" && help && !document.querySelector(".q-dialog, dialog[open]:not(#help)")) {
      event.preventDefault();
      help.open ? help.close() : openHelp(help);
      return;
    }
    if (document.querySelector("dialog[open], .q-dialog")) return;
    const key = event.key.toLowerCase();
    for (const element of document.querySelectorAll("[data-key]")) {
      if (element.dataset.key.toLowerCase() === key && isVisible(element)) {
        // Enter and space press what has the focus; a shortcut must not do so a second time.
        if ((key === "enter" || key === " ") && event.target.closest?.("button, a, summary, [role=slider], [tabindex='0']")) return;
        event.preventDefault();
        element.click();
        return;
      }
    }
  });

  function openHelp(help) {
    const list = help.querySelector("[data-help-page]");
    list.replaceChildren();
    const told = new Set([...help.querySelectorAll("dl:not([data-help-page]) kbd")].map((key) => key.textContent));
    for (const element of document.querySelectorAll("[data-key]")) {
      if (element.getClientRects().length === 0 || told.has(shown(element.dataset.key))) continue;
      const term = document.createElement("dt");
      const key = document.createElement("kbd");
      key.textContent = shown(element.dataset.key);
      term.append(key);
      const text = document.createElement("dd");
      text.textContent = element.dataset.keyText || element.getAttribute("aria-label") || element.textContent.trim();
      list.append(term, text);
    }
    list.hidden = list.children.length === 0;
    help.showModal();
    help.scrollTop = 0; // the button that gets the focus is at its end
  }

  async function logOut(token) {
    await fetch("/api/v1/session", { method: "DELETE", headers: { "X-CSRF-Token": token } });
    location.assign("/login");
  }
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-theme-button], [data-help-button], [data-log-out], [data-close]");
    if (!target) {
      if (event.target.matches?.("dialog.sheet[open]")) event.target.close();
      return;
    }
    if ("themeButton" in target.dataset) turn();
    else if ("helpButton" in target.dataset) openHelp(document.getElementById("help"));
    else if ("close" in target.dataset) target.closest("dialog").close();
    else logOut(target.dataset.logOut);
  });
  // NiceGUI draws the page after this script has run.
  new MutationObserver((_, observer) => {
    if (document.querySelector("[data-theme-button]")) { show(); observer.disconnect(); }
  }).observe(document, { childList: true, subtree: true });
})();
