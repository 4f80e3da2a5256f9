/** Keys without a modifier, in a call. They can be switched off: WCAG 2.1.4. */
const PLACE = "collab.call.shortcuts";

export function areShortcutsOn(): boolean {
  try {
    return localStorage.getItem(PLACE) !== "off";
  } catch {
    return true; // no storage here
  }
}

export function keepShortcuts(on: boolean): void {
  try {
    localStorage.setItem(PLACE, on ? "on" : "off");
  } catch {
    // A private window keeps nothing: the choice holds for this page.
  }
}

/** The key belongs to a field, a text being written, or an open sheet. */
export function isTyping(key: KeyboardEvent): boolean {
  const target = key.composedPath()[0];
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || !!target.closest("input, textarea, select, dialog[open]") || !!document.querySelector("dialog:modal");
}
