/** The frame: who is signed in, where one is, the live view, the keys. */
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Accounts } from "./accounts";
import { api } from "./api";
import { Ask } from "./ask";
import { Dashboard } from "./dashboard";
import { Exceptions } from "./exceptions";
import { words } from "./format";
import { Inbox } from "./inbox";
import { useKeys } from "./keys";
import { Live, type TalkListener } from "./live";
import { Dialog } from "./parts";
import { People } from "./people";
import { Review } from "./review";
import { SignIn } from "./signin";
import type { Line, Role, Session } from "./types";

type Place = "inbox" | "people" | "ask" | "exceptions" | "review" | "dashboard" | "accounts";
const PLACES: { id: Place; title: string; key: string; roles: Role[] }[] = [
  { id: "inbox", title: "Inbox", key: "i", roles: ["agent", "lead"] },
  { id: "people", title: "People", key: "p", roles: ["agent", "lead"] },
  { id: "ask", title: "Ask", key: "a", roles: ["agent", "lead"] },
  { id: "exceptions", title: "Exceptions", key: "e", roles: ["lead"] },
  { id: "review", title: "Review", key: "v", roles: ["content_owner"] },
  { id: "dashboard", title: "Dashboard", key: "d", roles: ["lead", "content_owner", "admin"] },
  { id: "accounts", title: "Accounts", key: "u", roles: ["admin"] },
];
const KEYS: [string, string][] = [
  ["?", "Show these keys"],
  ["j / k", "Next / previous conversation"],
  ["t", "Take the conversation over"],
  ["r", "Write a reply"],
  ["1 2 3", "Insert that suggestion"],
  ["Ctrl Enter", "Send the reply"],
  ["b", "Hand back to the assistant"],
  ["x", "Pass on"],
  ["e", "Close with an outcome"],
  ["/", "Search what we know"],
  ["g then i, p, a, e, d", "Go to the inbox, People, Ask, Exceptions, the dashboard"],
  ["Esc", "Leave a field or a dialog"],
];

export function App() {
  const [session, setSession] = useState<Session | null>(null);
  const begin = useCallback((found: Session) => {
    api.csrf = found.csrf ?? "";
    setSession((before) => ({ ...before, ...found }));
  }, []);
  useEffect(() => {
    api.onSignedOut = () => void api.get<Session>("/session").then(setSession);
    void api.get<Session>("/session").then(begin);
  }, [begin]);
  if (session === null) return <main aria-busy="true" />;
  if (session.agent === null) return <SignIn session={session} onDone={begin} />;
  return <Signed key={session.agent.id} session={session} />;
}

function theme(): string {
  try {
    return localStorage.getItem("console-theme") ?? "system";
  } catch {
    return "system";
  }
}

function Signed({ session }: { session: Session }) {
  const agent = session.agent!;
  const places = PLACES.filter((place) => place.roles.includes(agent.role));
  const [place, setPlace] = useState<Place>(places[0]!.id);
  const [help, setHelp] = useState(false);
  const [lines, setLines] = useState<Line[]>([]);
  const [connected, setConnected] = useState(true);
  const [look, setLook] = useState(theme());
  const [focus, setFocus] = useState<string[] | null>(null);
  const talkListener = useRef<TalkListener>(() => undefined);
  const going = useRef(false);
  const helper = agent.role === "agent" || agent.role === "lead";

  const live = useMemo(
    () =>
      helper ? new Live(setLines, (...given) => talkListener.current?.(...given), setConnected, api.onSignedOut) : null,
    [helper],
  );
  useEffect(() => {
    live?.start();
    return () => live?.stop();
  }, [live]);
  useEffect(() => {
    document.documentElement.dataset.theme = look;
    try {
      localStorage.setItem("console-theme", look);
    } catch {
      /* the look is not kept where nothing may be kept */
    }
  }, [look]);
  const waiting = lines.filter((line) => line.owner === "queue" && !line.ended).length;
  useEffect(() => {
    document.title = waiting ? `(${waiting}) Agents' console` : "Agents' console";
  }, [waiting]);

  useKeys((key) => {
    if (going.current) {
      going.current = false;
      const there = places.find((each) => each.key === key);
      if (there) setPlace(there.id);
      return Boolean(there);
    }
    if (key === "?") setHelp(true);
    else if (key === "g") going.current = true;
    else return false;
    return true;
  });

  async function leave(): Promise<void> {
    await api.ask("DELETE", "/session").catch(() => undefined);
    live?.stop();
    location.reload();
  }

  const goTo = (id: string) => {
    setFocus([id]);
    setPlace("inbox");
  };
  const looks = ["system", "light", "dark"];
  return (
    <div class="frame">
      <header class="top">
        <p class="logo">
          <span aria-hidden="true">A</span> <strong>Console</strong>
        </p>
        <nav aria-label="Places">
          {places.map((each) => (
            <button
              type="button"
              aria-current={place === each.id ? "page" : undefined}
              onClick={() => {
                setPlace(each.id);
                setFocus(null);
              }}
            >
              {each.title}
              {each.id === "inbox" && waiting > 0 && (
                <span class="count" aria-label={`${waiting} waiting`}>
                  {waiting}
                </span>
              )}
            </button>
          ))}
        </nav>
        {session.as_of && (
          <p class="banner">The clock stands still at {session.as_of.slice(0, 16).replace("T", " ")}</p>
        )}
        <p class={`link ${connected ? "on" : "off"}`} role="status">
          {helper ? (connected ? "Live" : "Connecting again…") : ""}
        </p>
        <button
          type="button"
          class="quiet-button"
          onClick={() => setLook(looks[(looks.indexOf(look) + 1) % 3]!)}
          aria-label={`Look: ${look}. Change it`}
        >
          {look === "dark" ? "☾" : look === "light" ? "☀" : "◐"}
        </button>
        <button type="button" class="quiet-button" onClick={() => setHelp(true)} aria-label="Keyboard shortcuts">
          ?
        </button>
        <p class="me">
          <strong>{agent.name}</strong> <span class="quiet">{words(agent.role)}</span>
        </p>
        <button type="button" class="quiet-button" onClick={() => void leave()}>
          Sign out
        </button>
      </header>
      {place === "inbox" && live && (
        <Inbox
          agent={agent}
          lines={lines}
          live={live}
          listener={talkListener}
          only={focus}
          onAll={() => setFocus(null)}
        />
      )}
      {place === "people" && <People agent={agent} onConversation={goTo} />}
      {place === "ask" && <Ask agent={agent} onConversation={goTo} />}
      {place === "exceptions" && <Exceptions onConversation={goTo} />}
      {place === "review" && <Review />}
      {place === "dashboard" && (
        <Dashboard
          canOpen={helper}
          onOpen={(ids) => {
            setFocus(ids);
            setPlace("inbox");
          }}
        />
      )}
      {place === "accounts" && <Accounts me={agent.id} />}
      {help && (
        <Dialog title="Keyboard shortcuts" onClose={() => setHelp(false)}>
          <dl class="keys">
            {KEYS.map(([key, does]) => (
              <div>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </Dialog>
      )}
    </div>
  );
}
