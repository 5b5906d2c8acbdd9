/** Keys typed outside of fields and dialogs. */
import { useLayoutEffect, useRef } from "preact/hooks";

/** Calls `act` with each such key; it returns whether it has used the key, which then does nothing else. */
export function useKeys(act: (key: string) => boolean): void {
  const latest = useRef(act);
  latest.current = act;
  // A layout effect, because a key pressed as soon as its button is seen must not be lost.
  useLayoutEffect(() => {
    function press(event: KeyboardEvent): void {
      const at = event.target as HTMLElement;
      if (event.key === "Escape" && at.matches("input, textarea, select")) at.blur();
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (at.matches("input, textarea, select") || document.querySelector("dialog[open]")) return;
      if (latest.current(event.key)) event.preventDefault();
    }
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
