/** Texts by key from the locale files; English is complete, other languages fall back to it key by key. */
import en from "./locales/en.json";
import es from "./locales/es.json";
import titles from "./titles.json";

type Texts = Record<string, string>;

const LOCALES: Record<string, Texts> = { en, es };
const RIGHT_TO_LEFT = ["ar", "fa", "he", "ur"];

export class Words {
  readonly locale: string;
  readonly dir: "ltr" | "rtl";
  private readonly texts: Texts;
  private readonly plural: Intl.PluralRules;

  constructor(wanted: string, dir: "ltr" | "rtl" | "") {
    const language = wanted.toLowerCase().split("-")[0] ?? "en";
    this.locale = language in LOCALES ? safeLocale(wanted) : "en-US";
    this.texts = LOCALES[language] ?? en;
    this.dir = dir || (RIGHT_TO_LEFT.includes(language) ? "rtl" : "ltr");
    this.plural = new Intl.PluralRules(this.locale);
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
  day(iso: string, style: "long" | "near" | "short" | "seat" = "long"): string {
    const at = wallClock(iso);
    if (!at) return iso;
    const options: Intl.DateTimeFormatOptions =
      style === "long" || style === "near"
        ? { weekday: "short", month: "short", day: "numeric", year: style === "long" ? "numeric" : undefined }
        : style === "seat"
          ? { weekday: "long", month: "long", day: "numeric" }
          : { month: "short", day: "numeric", year: "numeric" };
    return new Intl.DateTimeFormat(this.locale, { ...options, timeZone: "UTC" }).format(at);
  }

  /** The time of day of an instant, by the clock it is written in. */
  clock(iso: string): string {
    const at = wallClock(iso);
    return at ? new Intl.DateTimeFormat(this.locale, { timeStyle: "short", timeZone: "UTC" }).format(at) : iso;
  }

  /** Day, and time where it has one; without the year where it is that of `now`. */
  moment(iso: string, now = ""): string {
    const day = this.day(iso, now.slice(0, 4) === iso.slice(0, 4) ? "near" : "long");
    return hasTime(iso) ? `${day}, ${this.clock(iso)}` : day;
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

export const hasTime = (iso: string): boolean => /T\d\d:\d\d/.test(iso);
