/** The less frequent things: a person, start over, take the conversation along, sound, colours, end. */
import { useEffect, useRef } from "preact/hooks";
import type { Theme } from "../config";
import { useHere } from "./context";

export type Act = "restart" | "copy" | "download" | "end" | "person";

interface Props {
  sound: boolean;
  theme: Theme;
  onSound: (on: boolean) => void;
  onTheme: (theme: Theme) => void;
  onDo: (what: Act) => void;
}

const THEMES: readonly Theme[] = ["auto", "light", "dark"];

export function Menu({ sound, theme, onSound, onTheme, onDo }: Props) {
  const { chat, words } = useHere();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector("button")?.focus(), []);
  const active = chat.phase === "active";
  const move = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const buttons = [...(box.current?.querySelectorAll<HTMLButtonElement>("button:not(:disabled)") ?? [])];
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    event.preventDefault();
    buttons[(at + (event.key === "ArrowDown" ? 1 : -1) + buttons.length) % buttons.length]?.focus();
  };
  return (
    <div id="ase-menu" class="menu" ref={box} onKeyDown={move}>
      {chat.state.owner === "assistant" && active && (
        <button type="button" onClick={() => onDo("person")}>
          {words.t("person")}
        </button>
      )}
      {(["restart", "copy", "download"] as const).map((what) => (
        <button type="button" disabled={!chat.messages.length} onClick={() => onDo(what)}>
          {words.t(`menu.${what}`)}
        </button>
      ))}
      <button type="button" aria-pressed={sound} onClick={() => onSound(!sound)}>
        {words.t("menu.sound")}
        <span class="value" aria-hidden="true">
          {words.t(sound ? "menu.on" : "menu.off")}
        </span>
      </button>
      <div class="themes" role="group" aria-label={words.t("menu.theme")}>
        <span aria-hidden="true">{words.t("menu.theme")}</span>
        <span class="segments">
          {THEMES.map((one) => (
            <button type="button" aria-pressed={theme === one} onClick={() => onTheme(one)}>
              {words.t(`menu.${one}`)}
            </button>
          ))}
        </span>
      </div>
      <button type="button" class="danger" disabled={!active} onClick={() => onDo("end")}>
        {words.t("menu.end")}
      </button>
    </div>
  );
}
