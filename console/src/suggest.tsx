/** Up to three replies for the person's last message. */
import { useEffect, useState } from "preact/hooks";
import { api, Refused } from "./api";
import { useKeys } from "./keys";
import { Markdown } from "./markdown";
import { Card, Dialog, ErrorText, Sources } from "./parts";
import type { Suggestion, Topic } from "./types";

const KINDS: Record<string, string> = { decision: "From the rules", faq: "From the FAQ", conversation: "Conversation" };

export function Suggestions({
  path,
  seq,
  onInsert,
  onSend,
}: {
  path: string;
  seq: number;
  onInsert: (suggestion: Suggestion, text: string) => void;
  onSend: (suggestion: Suggestion) => void;
}) {
  const [found, setFound] = useState<Suggestion[] | null>(null);
  const [rejecting, setRejecting] = useState<Suggestion | null>(null);
  useEffect(() => {
    let gone = false;
    setFound(null);
    api.post<{ suggestions: Suggestion[] }>(`${path}/suggestions`, { seq }).then(
      (given) => {
        if (!gone) setFound(given.suggestions);
      },
      () => {
        if (!gone) setFound([]);
      },
    );
    return () => {
      gone = true;
    };
  }, [path, seq]);
  const shown = (found ?? []).filter((each) => each.state !== "rejected");
  useKeys((key) => {
    const chosen = shown[Number(key) - 1];
    if (!["1", "2", "3"].includes(key) || !chosen) return false;
    onInsert(chosen, chosen.text);
    return true;
  });
  if (found !== null && shown.length === 0) return null;
  return (
    <section class="suggestions" aria-label="Suggested replies" aria-busy={found === null}>
      {found === null && <p class="quiet">Looking for replies…</p>}
      <ol>
        {shown.map((each, at) => (
          <li key={each.id} class={each.low ? "low" : ""}>
            <p class="head">
              <kbd>{at + 1}</kbd>{" "}
              <span class={`tag ${each.kind === "decision" ? "good" : ""}`}>{KINDS[each.kind]}</span>
              <span class="quiet">{each.label}</span>
              <span class="sure">
                <meter min={0} max={1} low={0.5} value={each.confidence} aria-label="Confidence" />{" "}
                {Math.round(each.confidence * 100)} %
              </span>
            </p>
            {each.low && <p class="low-hint">Not sure that this is what was meant.</p>}
            <div class="text" tabIndex={0}>
              <Markdown text={each.text} />
            </div>
            {each.decisions.map((decision) => (
              <Card decision={decision} />
            ))}
            <Sources sources={each.sources} />
            <p class="buttons">
              <button type="button" class="primary" onClick={() => onInsert(each, each.text)}>
                Insert
              </button>
              <button type="button" onClick={() => onSend(each)}>
                Send as it is
              </button>
              <button type="button" class="link" onClick={() => setRejecting(each)}>
                Reject…
              </button>
            </p>
          </li>
        ))}
      </ol>
      {rejecting && (
        <Reject
          path={path}
          suggestion={rejecting}
          onClose={() => setRejecting(null)}
          onDone={() => {
            setFound((before) =>
              (before ?? []).map((each) => (each.id === rejecting.id ? { ...each, state: "rejected" } : each)),
            );
            setRejecting(null);
          }}
        />
      )}
    </section>
  );
}

function Reject({
  path,
  suggestion,
  onClose,
  onDone,
}: {
  path: string;
  suggestion: Suggestion;
  onClose: () => void;
  onDone: () => void;
}) {
  const [reason, setReason] = useState("");
  const [topic, setTopic] = useState("");
  const [topics, setTopics] = useState<Topic[]>([]);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => void api.get<{ topics: Topic[] }>("/topics").then((given) => setTopics(given.topics)), []);
  async function go(): Promise<void> {
    try {
      await api.post(`${path}/suggestions/${suggestion.id}`, {
        state: "rejected",
        ...(reason.trim() ? { reason: reason.trim() } : {}),
        ...(topic ? { topic } : {}),
      });
      onDone();
    } catch (trouble) {
      setError((trouble as Refused).message);
    }
  }
  return (
    <Dialog title="Why does it not fit?" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void go();
        }}
      >
        <label>
          Reason
          <input value={reason} maxLength={500} onInput={(event) => setReason(event.currentTarget.value)} />
        </label>
        <label>
          What it was about
          <select value={topic} onChange={(event) => setTopic(event.currentTarget.value)}>
            <option value="">I don't say</option>
            {topics.map((each) => (
              <option value={each.label}>{each.title}</option>
            ))}
          </select>
        </label>
        <p class="quiet">It goes to the content owner's review queue, without personal data.</p>
        <ErrorText text={error} />
        <footer>
          <button type="button" onClick={onClose}>
            Leave it
          </button>
          <button class="primary">Reject</button>
        </footer>
      </form>
    </Dialog>
  );
}
