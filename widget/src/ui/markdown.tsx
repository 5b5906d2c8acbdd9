/** The markdown subset as nodes: paragraphs, lists, **bold**, links. Text never becomes markup. */
import type { ComponentChildren } from "preact";
import { useHere } from "./context";

const INLINE =
  /\*\*(.+?)\*\*|\[([^\]]+)\]\(([^\s()]+)\)|(https?:\/\/[^\s<>()"]*[\w/]|(?:www\.)?ase\.com(?:\/[\w/-]*\w)?)|(?<![\w-])((?:1-)?\d{3}-\d{3}-\d{4})(?![\w-])/g;

/** The address if it may be followed (http, https, tel, mailto), else null. */
export function safeAddress(address: string): string | null {
  return /^(https?:\/\/[^\s]|tel:[+\d]|mailto:[^\s@]+@)/i.test(address) ? address : null;
}

export function Away({ href, children }: { href: string; children: ComponentChildren }) {
  const { words } = useHere();
  const outside = /^https?:/i.test(href);
  return (
    <a href={href} {...(outside ? { target: "_blank", rel: "noopener noreferrer" } : {})}>
      {children}
      {outside && <span class="sr"> ({words.t("new_tab")})</span>}
    </a>
  );
}

/** What must not be broken over two lines: a time with its half of the day, a month with its day. */
const TOGETHER =
  /(\d:\d\d) (?=[AP]M\b)|\b(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:tember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?) (?=\d)/g;

function Inline({ text: said }: { text: string }) {
  const text = said.replace(TOGETHER, (found) => `${found.slice(0, -1)}\u00a0`);
  const parts: ComponentChildren[] = [];
  let at = 0;
  for (const found of text.matchAll(INLINE)) {
    const [whole, bold, title, address, bare, phone] = found;
    parts.push(text.slice(at, found.index));
    at = found.index + whole.length;
    if (bold !== undefined)
      parts.push(
        <strong>
          <Inline text={bold} />
        </strong>,
      );
    else if (bare) parts.push(<Away href={/^http/i.test(bare) ? bare : `https://${bare}`}>{bare}</Away>);
    else if (phone)
      parts.push(
        <a href={`tel:+${phone.length > 12 ? "" : "1"}${phone.replace(/-/g, "")}`} class="phone">
          {phone}
        </a>,
      );
    else {
      const safe = safeAddress(address!);
      parts.push(safe ? <Away href={safe}>{title}</Away> : title);
    }
  }
  parts.push(text.slice(at));
  return <>{parts}</>;
}

export function Prose({ text }: { text: string }) {
  const blocks: ComponentChildren[] = [];
  let items: string[] = [];
  let ordered = false;
  let lines: string[] = [];
  const close = () => {
    if (items.length) {
      const inside = items.map((item) => (
        <li>
          <Inline text={item} />
        </li>
      ));
      blocks.push(ordered ? <ol>{inside}</ol> : <ul>{inside}</ul>);
    }
    if (lines.length) blocks.push(<p>{lines.map((line, n) => [n > 0 && <br />, <Inline text={line} />])}</p>);
    items = [];
    lines = [];
  };
  for (const line of text.split("\n")) {
    const item = /^\s*(?:[-*]|(\d+)[.)])\s+(.*)$/.exec(line);
    if (item) {
      if (lines.length || (items.length && ordered !== Boolean(item[1]))) close();
      ordered = Boolean(item[1]);
      items.push(item[2]!);
    } else if (!line.trim()) {
      close();
    } else {
      if (items.length) close();
      lines.push(line);
    }
  }
  close();
  return <div class="prose">{blocks}</div>;
}

/** The text without marks, for screen readers and the transcript. */
export function plain(text: string): string {
  return text.replace(/\*\*(.+?)\*\*/g, "$1").replace(/\[([^\]]+)\]\(([^\s()]+)\)/g, "$1");
}
