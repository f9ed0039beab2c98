import '@fontsource-variable/inter/wght.css';

/** Japanese faces are many small files chosen by the characters on the page; their list itself waits for the first paint. */
export function loadJapaneseLater(): void {
  window.setTimeout(() => void import('./japanese').catch(() => undefined), 0);
}
