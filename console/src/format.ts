/** Days, times and words as agents read them. */
const DAY = new Intl.DateTimeFormat("en-US", { month: "short", day: "numeric", year: "numeric", timeZone: "UTC" });
const TIME = new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit" });
const DAY_TIME = new Intl.DateTimeFormat("en-US", {
  month: "short",
  day: "numeric",
  hour: "numeric",
  minute: "2-digit",
});

/** "2026-03-10" or an instant with its own offset: as it stands there, whatever the reader's zone. */
export function written(on: string): string {
  const day = DAY.format(new Date(`${on.slice(0, 10)}T00:00:00Z`));
  if (on.length <= 10) return day;
  const [hour = 0, minute = 0] = on.slice(11, 16).split(":").map(Number);
  const half = hour < 12 ? "AM" : "PM";
  return `${day}, ${hour % 12 || 12}:${String(minute).padStart(2, "0")} ${half}`;
}

/** Until when: an end at midnight is the end of the day before. */
export function until(on: string): string {
  if (on.slice(11, 16) !== "00:00") return `until ${written(on)}`;
  const before = new Date(Date.parse(`${on.slice(0, 10)}T00:00:00Z`) - 86_400_000);
  return `through ${DAY.format(before)}`;
}

export const clock = (at: string): string => TIME.format(new Date(at));
export const moment = (at: string): string => DAY_TIME.format(new Date(at));

/** How long ago, short: "12 s", "4 min", "3 h", "2 d". */
export function since(at: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

export function words(code: string): string {
  const text = code.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function share(value: number | null): string {
  return value === null ? "–" : `${(value * 100).toFixed(value > 0 && value < 0.1 ? 1 : 0)} %`;
}
