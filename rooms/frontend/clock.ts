/** The server's time, whatever this device's clock says, and durations in words. */

const loadedAt = performance.now();
let renderedAt = Date.now();

/** `moment`: when the server made this page, ISO. */
export function setServerTime(moment: string): void {
  const parsed = Date.parse(moment);
  if (!Number.isNaN(parsed)) renderedAt = parsed;
}

export function now(): number {
  return renderedAt + performance.now() - loadedAt;
}

export function secondsSince(moment: string): number {
  return Math.max(0, Math.floor((now() - Date.parse(moment)) / 1000));
}

/** `3:07`, `1:02:09` */
export function duration(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** Each second, on the second, until the answer is called. */
export function eachSecond(tick: () => void): () => void {
  const timer = window.setInterval(tick, 1000);
  return () => window.clearInterval(timer);
}
