/** What the chat does to the page behind it while it covers that on a phone: it lies still, and Back closes the chat. */

const MARK = "aseAssistant";

/** The page behind lies still: nothing of it can be reached, and it does not scroll. Gives what undoes it. */
export function still(host: HTMLElement): () => void {
  const others = [...document.body.children].filter(
    (one): one is HTMLElement => one instanceof HTMLElement && one !== host && !one.inert && !one.contains(host),
  );
  const root = document.documentElement;
  const before = root.style.overflow;
  for (const one of others) one.inert = true;
  root.style.overflow = "hidden";
  return () => {
    for (const one of others) one.inert = false;
    root.style.overflow = before;
  };
}

/** The Back key closes the chat and leaves the page where it is. Gives what undoes it. */
export function onBack(close: () => void): () => void {
  const state: unknown = history.state;
  history.pushState({ ...(typeof state === "object" ? state : {}), [MARK]: true }, "");
  const back = () => {
    window.removeEventListener("popstate", back);
    close();
  };
  window.addEventListener("popstate", back);
  return () => {
    window.removeEventListener("popstate", back);
    const now: unknown = history.state;
    if (typeof now === "object" && now !== null && MARK in now) history.back();
  };
}
