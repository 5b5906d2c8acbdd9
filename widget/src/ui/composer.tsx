/** Where one writes. Enter sends, Shift+Enter breaks the line, arrow up brings back what was written before. */
import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useHere } from "./context";
import { Icon } from "./icons";

const MOST = 2_000;
const COUNT_FROM = 1_800;

/** Whether a key belongs to an input method: Safari sends the Enter that picks a word with its old key code alone. */
export const isComposing = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === 229;

export function Composer({ input, onPerson }: { input: RefObject<HTMLTextAreaElement | null>; onPerson: () => void }) {
  const { chat, words, focusInput } = useHere();
  const [text, write] = useState(chat.draft);
  const setText = (said: string) => {
    write(said);
    chat.draft = said;
  };
  const recall = useRef(-1);
  const { expects, owner } = chat.state;
  const code = expects === "code" || expects === "digits";

  useLayoutEffect(() => {
    const field = input.current;
    if (!field) return;
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 140)}px`;
  }, [text, input]);

  const send = () => {
    const said = text.trim();
    if (!said) return;
    chat.tell(said);
    setText("");
    recall.current = -1;
    // On a phone the keyboard goes, so that it does not cover the answer.
    if (matchMedia("(pointer: coarse)").matches) input.current?.blur();
    else focusInput();
  };
  const bringBack = (step: number): boolean => {
    const before = [
      ...chat.messages.filter((one) => one.author === "candidate").map((one) => one.text),
      ...chat.pending.map((one) => one.label),
    ];
    const at = recall.current + step;
    if (at >= before.length) return true;
    if (at < -1) return false;
    recall.current = at;
    setText(at < 0 ? "" : (before[before.length - 1 - at] ?? ""));
    return true;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === "ArrowUp" && (text === "" || recall.current >= 0)) {
      if (bringBack(1)) event.preventDefault();
    } else if (event.key === "ArrowDown" && recall.current >= 0) {
      if (bringBack(-1)) event.preventDefault();
    }
  };
  const left = MOST - text.length;
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="field">
        <label class="sr" for="ase-input">
          {words.t("input.label")}
        </label>
        <textarea
          id="ase-input"
          ref={input}
          rows={1}
          maxLength={MOST}
          value={text}
          dir="auto"
          placeholder={
            owner !== "assistant"
              ? words.t(`input.${owner}`)
              : (words.find(`input.${expects}`) ?? words.t("input.placeholder"))
          }
          autocomplete={code ? "one-time-code" : "off"}
          inputMode={code ? "numeric" : "text"}
          autoCapitalize={expects === "ase_id" ? "characters" : "sentences"}
          enterkeyhint="send"
          aria-describedby="ase-hint"
          onInput={(event) => {
            setText(event.currentTarget.value);
            recall.current = -1;
          }}
          onKeyDown={onKeyDown}
        />
        <button type="submit" class="send" aria-label={words.t("send")} title={words.t("send")} disabled={!text.trim()}>
          <Icon name="send" />
        </button>
      </div>
      <div class="under">
        {expects === "code" ? (
          <button type="button" class="text-button" onClick={() => chat.tell(words.t("code.again.say"))}>
            {words.t("code.again")}
          </button>
        ) : (
          owner === "assistant" && (
            <button type="button" class="text-button" onClick={onPerson}>
              <Icon name="person" size={16} />
              {words.t("person")}
            </button>
          )
        )}
        <span id="ase-hint" class={left <= MOST - COUNT_FROM ? "count" : "sr"}>
          {left <= MOST - COUNT_FROM ? words.t("input.left", { n: left }) : words.t("hint")}
        </span>
      </div>
    </form>
  );
}
