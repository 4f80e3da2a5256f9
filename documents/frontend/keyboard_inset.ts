/** How much of the page a phone's keyboard covers, as `--keyboard` on the element: its toolbar stands on top of it. */
export function keepAboveKeyboard(element: HTMLElement): (() => void)[] {
  const seen = window.visualViewport;
  if (!seen) return [];
  const measure = () => {
    const covered = Math.max(0, window.innerHeight - seen.height - seen.offsetTop);
    element.style.setProperty("--keyboard", `${Math.round(covered)}px`);
  };
  seen.addEventListener("resize", measure);
  seen.addEventListener("scroll", measure);
  measure();
  return [() => seen.removeEventListener("resize", measure), () => seen.removeEventListener("scroll", measure)];
}
