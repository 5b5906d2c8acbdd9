/** Words for whoever puts the widget on a page, in the browser's console. */

const told = new Set<string>();

/** Say it once a page. */
export function warn(text: string): void {
  if (told.has(text)) return;
  told.add(text);
  console.warn(`ASE assistant: ${text}`);
}
