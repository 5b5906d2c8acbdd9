/** Free seats by test center and day. One tab stop: the arrow keys move, Enter picks. Typing works as well. */
import { useRef, useState } from "preact/hooks";
import type { Choice, Message } from "../types";
import { useHere } from "./context";
import { valuesOf } from "./facts";
import { Icon } from "./icons";

const SEAT = /^seat:(.+?):(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/;

interface Seat {
  choice: Choice;
  site: string;
  day: string;
  starts: string;
}

/** The choices that are seats; empty where not all of at least one are. */
export function seatsOf(message: Message): Seat[] {
  const seats: Seat[] = [];
  for (const choice of message.choices) {
    const found = SEAT.exec(choice.id);
    if (!found) return [];
    seats.push({
      choice,
      site: choice.title.split(", ").pop() || found[1]!,
      day: found[2]!,
      starts: `${found[2]}T${found[3]}`,
    });
  }
  return seats;
}

/** The last day on which the test can be taken, where the message tells it. */
function lastDay(message: Message): string | undefined {
  for (const decision of message.decisions) {
    const found = valuesOf(decision).must_test_by;
    if (typeof found === "string") return found.slice(0, 10);
  }
  return undefined;
}

function grouped<K>(items: Seat[], by: (seat: Seat) => K): [K, Seat[]][] {
  const groups = new Map<K, Seat[]>();
  for (const item of items) groups.set(by(item), [...(groups.get(by(item)) ?? []), item]);
  return [...groups];
}

export function SeatPicker({ message, seats }: { message: Message; seats: Seat[] }) {
  const { chat, words, focusInput } = useHere();
  const [day, setDay] = useState("");
  const box = useRef<HTMLDivElement>(null);
  const live = chat.isLive(message);
  if (!live) return null;
  const sites = [...new Set(seats.map((seat) => seat.site))];
  const days = grouped(
    [...seats].sort((one, other) => one.starts.localeCompare(other.starts)),
    (seat) => seat.day,
  ).map(([date, inside]) => ({ date, bySite: grouped(inside, (seat) => seat.site) }));
  const rows = days.flatMap(({ bySite }) => bySite.map(([, inside]) => inside));
  const last = lastDay(message);

  const move = (event: KeyboardEvent) => {
    const buttons = [...(box.current?.querySelectorAll<HTMLButtonElement>(".seat") ?? [])];
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    if (at < 0) return;
    const rtl = words.dir === "rtl";
    const places = rows.flatMap((inside, row) => inside.map((_, column) => ({ row, column })));
    const { row, column } = places[at]!;
    let to = -1;
    if (event.key === (rtl ? "ArrowLeft" : "ArrowRight")) to = at + 1;
    else if (event.key === (rtl ? "ArrowRight" : "ArrowLeft")) to = at - 1;
    else if (event.key === "Home") to = 0;
    else if (event.key === "End") to = buttons.length - 1;
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const wanted = row + (event.key === "ArrowDown" ? 1 : -1);
      const length = rows[wanted]?.length ?? 0;
      if (length)
        to = places.findIndex((place) => place.row === wanted && place.column === Math.min(column, length - 1));
    } else return;
    event.preventDefault();
    const next = buttons[to];
    if (!next) return;
    for (const button of buttons) button.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  };

  let count = 0;
  return (
    <div class="card picker">
      <p class="sr" id={`hint-${message.seq}`}>
        {words.t("seats.keys")} {words.t("seats.hint")}
      </p>
      {sites.length === 1 && (
        <p class="aside where">
          <Icon name="pin" size={16} />
          {sites[0]}
        </p>
      )}
      <div
        ref={box}
        onKeyDown={move}
        role="group"
        aria-label={words.t("seats")}
        aria-describedby={`hint-${message.seq}`}
      >
        {days.map(({ date, bySite }) => (
          <div class="day">
            <span class="day-name">{words.day(date, "near")}</span>
            <div class="day-sites">
              {bySite.map(([site, inside]) => (
                <div class="day-site">
                  <span class="times">
                    {inside.map((seat) => (
                      <button
                        type="button"
                        class="seat"
                        tabIndex={count++ === 0 ? 0 : -1}
                        aria-label={`${words.day(seat.day, "seat")}, ${words.clock(seat.starts)}, ${site}`}
                        onClick={() => {
                          chat.choose(message, seat.choice);
                          focusInput();
                        }}
                      >
                        {words.clock(seat.starts)}
                      </button>
                    ))}
                  </span>
                  {sites.length > 1 && <span class="aside">{site}</span>}
                </div>
              ))}
            </div>
          </div>
        ))}
      </div>
      <form
        class="other-day"
        onSubmit={(event) => {
          event.preventDefault();
          if (!day) return;
          chat.tell(words.t("seats.on.say", { day: words.locale.startsWith("en") ? words.day(day, "full") : day }));
          focusInput();
        }}
      >
        <label>
          <span>{words.t("seats.on")}</span>
          <input
            type="date"
            value={day}
            min={message.at.slice(0, 10)}
            max={last}
            onInput={(event) => setDay(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="chip" disabled={!day}>
          {words.t("seats.go")}
        </button>
        <button
          type="button"
          class="chip"
          onClick={() => {
            chat.tell(words.t("seats.more.say"));
            focusInput();
          }}
        >
          {words.t("seats.more")}
        </button>
      </form>
    </div>
  );
}
