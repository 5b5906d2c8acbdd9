/** Free seats by test center and day. One tab stop: the arrow keys move, Enter picks. Typing works as well. */
import { useRef, useState } from "preact/hooks";
import type { Choice, Message } from "../types";
import { useHere } from "./context";
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
  if (!live) return <p class="inert-note">{words.t("seats.gone", { n: seats.length })}</p>;
  const groups = grouped(seats, (seat) => seat.site).map(([site, inside]) => ({
    site,
    days: grouped(
      inside.sort((one, other) => one.starts.localeCompare(other.starts)),
      (seat) => seat.day,
    ),
  }));
  const rows = groups.flatMap(({ days }) => days.map(([, inside]) => inside));

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
      <div class="card-head">
        <Icon name="calendar" size={18} />
        <h3>{words.t("seats")}</h3>
      </div>
      <p class="aside" id={`hint-${message.seq}`}>
        <span class="keys">{words.t("seats.keys")} </span>
        {words.t("seats.hint")}
      </p>
      <div
        ref={box}
        onKeyDown={move}
        role="group"
        aria-label={words.t("seats")}
        aria-describedby={`hint-${message.seq}`}
      >
        {groups.map(({ site, days }) => (
          <div class="site">
            <h4>
              <Icon name="pin" size={16} />
              {site}
            </h4>
            {days.map(([date, inside]) => (
              <div class="day">
                <span class="day-name">{words.day(date, "seat")}</span>
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
              </div>
            ))}
          </div>
        ))}
      </div>
      <form
        class="other-day"
        onSubmit={(event) => {
          event.preventDefault();
          if (!day) return;
          chat.tell(words.t("seats.on.say", { day }));
          focusInput();
        }}
      >
        <label>
          <span>{words.t("seats.on")}</span>
          <input type="date" value={day} onInput={(event) => setDay(event.currentTarget.value)} />
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
