/** Texts by key from the locale files; English is complete and here, other languages are fetched and fall back to it. */
import en from "./locales/en.json";
import titles from "./titles.json";

type Texts = Record<string, string>;

/** Languages other than English: `widget-es.json` beside the script. */
const OTHERS = ["es"];
const RIGHT_TO_LEFT = ["ar", "fa", "he", "ur"];

export class Words {
  readonly locale: string;
  readonly dir: "ltr" | "rtl";
  private texts: Texts = en;
  private readonly language: string;
  private readonly plural: Intl.PluralRules;

  constructor(wanted: string, dir: "ltr" | "rtl" | "") {
    const language = wanted.toLowerCase().split("-")[0] ?? "en";
    this.language = language;
    this.locale = language === "en" || OTHERS.includes(language) ? safeLocale(wanted) : "en-US";
    this.dir = dir || (RIGHT_TO_LEFT.includes(language) ? "rtl" : "ltr");
    this.plural = new Intl.PluralRules(this.locale);
  }

  /** Fetch the texts of another language; English stays where they cannot be had. True where there is something new. */
  async load(server: string): Promise<boolean> {
    if (!OTHERS.includes(this.language)) return false;
    try {
      const answer = await fetch(`${server}/static/widget-${this.language}.json`, { credentials: "omit" });
      this.texts = (await answer.json()) as Texts;
      return true;
    } catch {
      return false;
    }
  }

  /** The text of a key; with `n` in the values its form for that number. */
  t = (key: string, values: Record<string, string | number> = {}): string => {
    const counted = typeof values.n === "number" ? `${key}.${this.plural.select(values.n)}` : key;
    const text = this.find(counted) ?? this.find(key) ?? this.find(`${key}.other`) ?? key;
    return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
  };

  /** The text of a key, or undefined where there is none. */
  find(key: string): string | undefined {
    return this.texts[key] ?? (en as Texts)[key];
  }

  /** A label for an id that may be new to us: the known text, else the id made readable. */
  label(group: string, id: string): string {
    return this.find(`${group}.${id}`) ?? readable(id);
  }

  /** "A5 Brakes"; a recertification test keeps its letter. */
  test(code: string): string {
    const title = (titles.tests as Texts)[code] ?? (titles.tests as Texts)[code.replace(/R$/, "")];
    return title ? `${code} ${title}` : code;
  }

  series(id: string): string {
    return (titles.series as Texts)[id] ?? readable(id);
  }

  /** A day ("2026-03-10") or the day of an instant, in words; as it is written, in nobody else's time zone. */
  day(iso: string, style: "long" | "near" | "short" | "seat" | "full" = "long"): string {
    const at = wallClock(iso);
    if (!at) return iso;
    const options: Intl.DateTimeFormatOptions =
      style === "long" || style === "near"
        ? { weekday: "short", month: "short", day: "numeric", year: style === "long" ? "numeric" : undefined }
        : style === "seat" || style === "full"
          ? { weekday: "long", month: "long", day: "numeric", year: style === "full" ? "numeric" : undefined }
          : { month: "short", day: "numeric", year: "numeric" };
    return new Intl.DateTimeFormat(this.locale, { ...options, timeZone: "UTC" }).format(at);
  }

  /** "Dec 5". */
  short(iso: string): string {
    const at = wallClock(iso);
    const style = { month: "short", day: "numeric", timeZone: "UTC" } as const;
    return at ? unbroken(new Intl.DateTimeFormat(this.locale, style).format(at)) : iso;
  }

  /** The time of day of an instant, by the clock it is written in. */
  clock(iso: string): string {
    const at = wallClock(iso);
    return at ? new Intl.DateTimeFormat(this.locale, { timeStyle: "short", timeZone: "UTC" }).format(at) : iso;
  }

  /**
   * Day, and time where it has one, never broken over two lines: "Today, 8:00 AM"; without the year where it is that
   * of `now`.
   */
  moment(iso: string, now = ""): string {
    const then = now ? asThere(now, iso) : "";
    const away = then ? daysBetween(then, iso) : NaN;
    const day =
      away === 0 || away === 1 || away === -1
        ? this.nearby(away)
        : this.day(iso, then.slice(0, 4) === iso.slice(0, 4) ? "near" : "long");
    return unbroken(hasTime(iso) ? `${day}, ${this.clock(iso)}` : day);
  }

  /** "Today", "Tomorrow", "Yesterday". */
  private nearby(days: number): string {
    const said = new Intl.RelativeTimeFormat(this.locale, { numeric: "auto" }).format(days, "day");
    return said.charAt(0).toLocaleUpperCase(this.locale) + said.slice(1);
  }

  /** The day of an instant by the reader's own clock, with its name: "Today", "Friday, November 27". */
  hereDay(iso: string): string {
    const day = localDay(iso);
    const away = daysBetween(localDay(new Date().toISOString()), day);
    return away === 0 || away === -1 ? this.nearby(away) : this.day(day, "seat");
  }

  /** The time of a message, by the reader's own clock. */
  here(iso: string): string {
    const at = new Date(iso);
    return Number.isNaN(at.getTime()) ? "" : new Intl.DateTimeFormat(this.locale, { timeStyle: "short" }).format(at);
  }

  list(items: string[]): string {
    return new Intl.ListFormat(this.locale, { type: "conjunction" }).format(items);
  }

  money(amount: string): string {
    const value = Number(amount);
    return Number.isNaN(value)
      ? amount
      : new Intl.NumberFormat(this.locale, { style: "currency", currency: "USD" }).format(value);
  }
}

function safeLocale(wanted: string): string {
  try {
    return Intl.getCanonicalLocales(wanted)[0] ?? "en-US";
  } catch {
    return "en-US";
  }
}

const readable = (id: string): string => {
  const words = id.replace(/[._]/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** The wall clock of an ISO day or instant as a UTC date, so that it is shown as written. */
export function wallClock(iso: string): Date | null {
  const found = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d))?/.exec(iso);
  if (!found) return null;
  const [, year, month, day, hour, minute] = found.map(Number);
  return new Date(Date.UTC(year!, month! - 1, day, hour || 0, minute || 0));
}

/** The day of an instant by the reader's own clock: "2026-11-27". */
export function localDay(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

/** The instant `now` by the clock that `iso` is written in. */
function asThere(now: string, iso: string): string {
  const offset = /([+-])(\d\d):(\d\d)$/.exec(iso);
  const at = new Date(now).getTime();
  if (Number.isNaN(at) || !hasTime(now)) return now;
  if (!offset) return /Z$/.test(iso) ? new Date(at).toISOString() : now;
  const minutes = (Number(offset[2]) * 60 + Number(offset[3])) * (offset[1] === "-" ? -1 : 1);
  return new Date(at + minutes * 60_000).toISOString();
}

const daysBetween = (one: string, other: string): number =>
  Math.round((Date.parse(other.slice(0, 10)) - Date.parse(one.slice(0, 10))) / 86_400_000);

const unbroken = (text: string): string => text.replace(/ /g, "\u00a0");

export const hasTime = (iso: string): boolean => /T\d\d:\d\d/.test(iso);
