/** The way to a person: asked once what it is about; and, in the line, the way back. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useHere } from "./context";
import { Icon } from "./icons";

/** Before anybody is called: what is it about? */
export function AskPerson({ onDone }: { onDone: () => void }) {
  const { chat, words, focusInput } = useHere();
  const [about, setAbout] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  return (
    <form
      class="sheet"
      aria-label={words.t("person")}
      onSubmit={(event) => {
        event.preventDefault();
        chat.tell(words.t("person.say"));
        if (about.trim()) chat.tell(about.trim());
        onDone();
        focusInput();
      }}
    >
      <label>
        <strong>{words.t("person.about")}</strong>
        <textarea
          ref={field}
          rows={2}
          maxLength={2000}
          value={about}
          onInput={(event) => setAbout(event.currentTarget.value)}
        />
      </label>
      <p class="aside">{words.t("person.note")}</p>
      <span class="actions">
        <button type="submit" class="primary">
          {words.t("person.ask")}
        </button>
        <button type="button" class="secondary" onClick={onDone}>
          {words.t("person.not")}
        </button>
      </span>
    </form>
  );
}

/** In the line: that it is so, and how to leave it. */
export function InLine() {
  const { chat, words, focusInput } = useHere();
  if (chat.state.owner !== "queue" || chat.phase !== "active") return null;
  return (
    <div class="bar line">
      <Icon name="person" size={16} />
      <span>{words.t("line.waiting")}</span>
      <button
        type="button"
        class="text-button"
        onClick={() => {
          chat.tell(words.t("line.back.say"));
          focusInput();
        }}
      >
        {words.t("line.back")}
      </button>
    </div>
  );
}
