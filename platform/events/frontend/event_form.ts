/**
 * The form of an event: <form data-event-form> with `starts_at` and `ends_at`, both datetime-local.
 * When the start moves, the end keeps its distance; without an end, two hours.
 */
const USUAL_MS = 2 * 60 * 60 * 1000;

/** The fields speak of local time without a zone; as UTC, sums are right whatever the clocks do that night. */
const read = (value: string): number => new Date(`${value}Z`).getTime();
const write = (time: number): string => new Date(time).toISOString().slice(0, 16);

/** What the end becomes, or null to leave it. */
export function newEnd(before: string, start: string, end: string): string | null {
  const from = read(start);
  if (Number.isNaN(from)) return null;
  const length = read(end) - read(before);
  if (length > 0) return write(from + length);
  return end === "" || read(end) <= from ? write(from + USUAL_MS) : null;
}

export function endFollowsStart(form: HTMLFormElement): void {
  const start = form.querySelector<HTMLInputElement>('[name="starts_at"]');
  const end = form.querySelector<HTMLInputElement>('[name="ends_at"]');
  if (!start || !end) return;
  let before = start.value;
  const follow = () => {
    const moved = newEnd(before, start.value, end.value);
    if (moved !== null) end.value = moved;
    before = start.value;
  };
  start.addEventListener("change", follow);
  // Filled in before the script came.
  if (end.value === "") follow();
}
