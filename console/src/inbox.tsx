/** The list: waiting, mine, all. */
import { useEffect, useState } from "preact/hooks";
import type { RefObject } from "preact";
import { since } from "./format";
import { useKeys } from "./keys";
import type { Live, TalkListener } from "./live";
import { TalkView } from "./talk";
import type { Agent, Line } from "./types";

type Tab = "waiting" | "mine" | "all";
const CHANNELS: Record<string, string> = { web: "Web", phone: "Phone" };

export function Inbox(given: {
  agent: Agent;
  lines: Line[];
  live: Live;
  listener: RefObject<TalkListener>;
  only: string[] | null;
  onAll: () => void;
}) {
  const { agent, lines, live, listener, only, onAll } = given;
  const [tab, setTab] = useState<Tab>(only ? "all" : "waiting");
  const [chosen, setChosen] = useState<string | null>(null);
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1_000);
    return () => window.clearInterval(timer);
  }, []);

  const kinds: Record<Tab, Line[]> = {
    waiting: lines.filter((line) => line.owner === "queue" && !line.ended),
    mine: lines.filter((line) => line.owner_agent === agent.id && !line.ended),
    all: only ? lines.filter((line) => only.includes(line.id)) : lines,
  };
  const shown = kinds[tab];
  const line = lines.find((each) => each.id === chosen) ?? null;

  useKeys((key) => {
    if (key !== "j" && key !== "k") return false;
    const at = shown.findIndex((each) => each.id === chosen);
    const next = shown[Math.max(0, Math.min(shown.length - 1, at + (key === "j" ? 1 : -1)))];
    if (next) setChosen(next.id);
    return true;
  });

  return (
    <div class="inbox">
      <section class="list" aria-label="Conversations">
        <div class="tabs" role="tablist" aria-label="Which conversations">
          {(["waiting", "mine", "all"] as Tab[]).map((each) => (
            <button
              type="button"
              role="tab"
              id={`tab-${each}`}
              aria-selected={tab === each}
              aria-controls="conversations"
              onClick={() => setTab(each)}
            >
              {each === "waiting" ? "Waiting" : each === "mine" ? "Mine" : "All"}{" "}
              <span class="count">{kinds[each].length}</span>
            </button>
          ))}
        </div>
        {only && (
          <p class="only">
            Behind a figure: {only.length}.{" "}
            <button type="button" class="link" onClick={onAll}>
              Show all
            </button>
          </p>
        )}
        <div id="conversations" role="tabpanel" aria-labelledby={`tab-${tab}`}>
          {shown.length === 0 && (
            <p class="empty">
              {tab === "waiting"
                ? "Nobody is waiting."
                : tab === "mine"
                  ? "You have no conversation. Take one from Waiting."
                  : "No conversations yet."}
            </p>
          )}
          <ul>
            {shown.map((each) => (
              <li key={each.id}>
                <button
                  type="button"
                  class={`line ${each.owner}`}
                  aria-current={each.id === chosen ? "true" : undefined}
                  onClick={() => setChosen(each.id)}
                >
                  <span class="who">{each.person ? each.person.name : "Not signed in"}</span>
                  <span class="when">{since(each.requested_at ?? each.last_active_at, now)}</span>
                  <span class="what">{each.topic ?? "No topic yet"}</span>
                  <span class="tags">
                    <span class="tag">{CHANNELS[each.channel] ?? each.channel}</span>
                    {each.ended ? (
                      <span class="tag">Closed</span>
                    ) : each.owner === "queue" ? (
                      <span class="tag warn">Waiting{each.reason ? `: ${each.reason}` : ""}</span>
                    ) : each.owner === "agent" ? (
                      <span class="tag good">{each.owner_agent === agent.id ? "You" : each.owner_name}</span>
                    ) : (
                      <span class="tag">Assistant</span>
                    )}
                    {each.owner_agent === agent.id && each.last_author === "candidate" && (
                      <span class="tag new">New</span>
                    )}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      </section>
      {line ? (
        <TalkView
          key={line.id}
          agent={agent}
          line={line}
          live={live}
          listener={listener}
          now={now}
          onMine={() => setTab("mine")}
          onGone={() => setChosen(null)}
        />
      ) : (
        <main class="nothing">
          <h1 class="hidden">Inbox</h1>
          <p>
            Pick a conversation. <kbd>j</kbd> <kbd>k</kbd> move through the list, <kbd>?</kbd> shows every key.
          </p>
        </main>
      )}
    </div>
  );
}
