import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Chat } from "../chat";
import type { Words } from "../i18n";

export interface Here {
  chat: Chat;
  words: Words;
  /** Say something to screen readers, politely and once. */
  announce: (text: string) => void;
  /** Put the caret where one writes. */
  focusInput: () => void;
}

export const Context = createContext<Here | null>(null);

export function useHere(): Here {
  const here = useContext(Context);
  if (!here) throw new Error("outside the widget");
  return here;
}
