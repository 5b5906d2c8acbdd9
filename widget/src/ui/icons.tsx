/** Icons as paths on a 24 by 24 grid; always beside a name, so hidden from screen readers. */
const PATHS = {
  chat: "M4 5.5h16a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-8.5L7 20.5v-4H4a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1ZM7.5 9.5h9M7.5 12.5h6",
  close: "M6 6l12 12M18 6 6 18",
  down: "M6 9.5l6 6 6-6",
  right: "M9.5 6l6 6-6 6",
  more: "M12 5.5v.01M12 12v.01M12 18.5v.01",
  send: "M12 19V5M6 11l6-6 6 6",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20c1-3.6 4-5.5 7.5-5.5s6.5 1.9 7.5 5.5",
  check: "M5 12.5l4.5 4.500L19 7.5",
  cross: "M7 7l10 10M17 7 7 17",
  question: "M9 9.200a3 3 0 1 1 4.3 2.700c-.9.5-1.3 1-1.3 2.100M12 17.500v.01",
  up: "M7.5 11v8.500H5a1 1 0 0 1-1-1V12a1 1 0 0 1 1-1h2.500Zm0 0 3.7-7c1.4 0 2.3 1 2.1 2.300L12.9 9H18a1.7 1.7 0 0 1 1.7 2l-1.2 6.900a2 2 0 0 1-2 1.600h-9",
  thumbDown:
    "M16.5 13V4.500H19a1 1 0 0 1 1 1V12a1 1 0 0 1-1 1h-2.500Zm0 0-3.7 7c-1.4 0-2.3-1-2.1-2.300l.4-2.700H6a1.7 1.7 0 0 1-1.7-2l1.2-6.900a2 2 0 0 1 2-1.600h9",
  calendar: "M5 6.500h14v13H5zM5 10.500h14M8.5 4v4M15.5 4v4",
  clock: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM12 8v4.500l3 1.5",
  pin: "M12 20.500c4-4.3 6-7.6 6-10a6 6 0 0 0-12 0c0 2.4 2 5.7 6 10ZM12 12.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
  doc: "M6.5 4h7l4 4v12h-11zM13.5 4v4h4M9 12.500h6M9 16h6",
  link: "M13 5h6v6M19 5l-8 8M10 6H6a1 1 0 0 0-1 1v11a1 1 0 0 0 1 1h11a1 1 0 0 0 1-1v-4",
  medal: "M12 14.500a5.250 5.250 0 1 0 0-10.5 5.250 5.250 0 0 0 0 10.500ZM8.5 13.5 7.5 20.500l4.5-2.5 4.5 2.5-1-7",
  alert: "M12 4.5 21 19.500H3L12 4.500ZM12 10v4.500M12 17v.01",
} as const;

export type IconName = keyof typeof PATHS;

/** `size` in CSS pixels. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg class={`icon i-${name}`} width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
