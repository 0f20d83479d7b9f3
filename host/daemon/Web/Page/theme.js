// Light or dark, as the system has it or as the reader wants it; kept in this browser.

const NAMES = { auto: 'as the system', light: 'light', dark: 'dark' };
const KEY = 'ipvland.theme';

/** @param changed called after the colours have. */
export function startTheme(select, changed) {
  let wanted = 'auto';
  try {
    wanted = localStorage.getItem(KEY) ?? 'auto';
  } catch {
    // a browser that keeps nothing: as the system has it
  }
  const set = (name) => {
    document.documentElement.dataset.theme = name in NAMES ? name : 'auto';
    select.value = document.documentElement.dataset.theme;
    requestAnimationFrame(changed);
  };
  set(wanted);
  select.addEventListener('change', () => {
    set(select.value);
    try {
      localStorage.setItem(KEY, select.value);
    } catch {
      // then it lasts as long as the page
    }
  });
}
