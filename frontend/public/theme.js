// Before the first paint, so that a chosen theme never flashes as the other one.
try {
  const chosen = localStorage.getItem("feedforward.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // A browser that keeps nothing follows the system.
}
