/** <details class="menu">: closes at Escape (and gives the focus back), at a click elsewhere, and when the focus leaves. */
export function closeMenus(root: Document): void {
  const open = () => [...root.querySelectorAll<HTMLDetailsElement>("details.menu[open]")];
  root.addEventListener("click", (click) => {
    for (const menu of open()) if (!menu.contains(click.target as Node)) menu.open = false;
  });
  root.addEventListener("focusin", (focus) => {
    for (const menu of open()) if (!menu.contains(focus.target as Node)) menu.open = false;
  });
  root.addEventListener("keydown", (key) => {
    if (key.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
}
