// Applies the chosen theme before the first paint. Without a choice the system's applies.
(() => {
  let theme = null;
  try { theme = localStorage.getItem("retake:theme"); } catch { /* no storage: the system's theme */ }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
})();
