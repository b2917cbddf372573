// Runs before the first paint, so that a chosen theme never flashes the other one. Its own file: the policy allows no inline script.
try {
  const theme = localStorage.getItem('baton-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden: then the page follows the system.
}
