/** Questions to the copilot itself, without a person present. */
import { useEffect, useRef, useState } from "preact/hooks";
import { api, newId, Refused } from "./api";
import { words, written } from "./format";
import { Markdown } from "./markdown";
import { Card, ErrorText, Sources } from "./parts";
import type { Agent, MastersAtRisk, Message } from "./types";

interface Turn {
  asked: string;
  messages: Message[];
  masters?: MastersAtRisk;
  /** The ASE ID of whom it is about. */
  about?: string | null;
}

export function Ask({ agent, onConversation }: { agent: Agent; onConversation: (id: string) => void }) {
  const [turns, setTurns] = useState<Turn[]>([]);
  const [draft, setDraft] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const id = useRef<string | null>(null);
  const log = useRef<HTMLDivElement>(null);
  // The newest question comes to the top, its answer below it.
  useEffect(() => {
    const asked = log.current?.querySelectorAll<HTMLElement>("article.agent");
    asked?.item(asked.length - 1)?.scrollIntoView({ block: "start" });
  }, [turns]);
  const examples = [
    "can ASE-1000-0001 move the A5?",
    "what if they fail A6 on Friday?",
    ...(agent.role === "lead" ? ["who is close to losing Master this month?"] : []),
  ];

  async function ask(body: { text: string } | { choice: string }, asked: string): Promise<void> {
    if (busy || !asked.trim()) return;
    setBusy(true);
    setError(null);
    try {
      const found = await api.post<{
        conversation_id: string | null;
        messages?: Message[];
        masters?: MastersAtRisk;
        about?: string | null;
      }>("/ask", {
        ...body,
        client_message_id: newId(),
        ...(id.current ? { conversation_id: id.current } : {}),
      });
      id.current = found.conversation_id;
      setTurns((before) => [
        ...before,
        {
          asked,
          messages: (found.messages ?? []).filter((each) => each.author === "assistant"),
          masters: found.masters,
          about: found.about,
        },
      ]);
      setDraft("");
    } catch (trouble) {
      setError((trouble as Refused).message);
    } finally {
      setBusy(false);
    }
  }

  async function converse(about: string, asked: string): Promise<void> {
    setError(null);
    try {
      const reason = `Asked: ${asked}`.slice(0, 500);
      const found = await api.post<{ conversation: string }>("/people/conversation", { ase_id: about, reason });
      onConversation(found.conversation);
    } catch (trouble) {
      setError((trouble as Refused).message);
    }
  }

  return (
    <main class="ask">
      <h1>Ask the copilot</h1>
      <p class="quiet">
        The same rules and sources as for candidates. Name an ASE ID to ask about a person; reading records is audited.
        Nothing is changed from here.
      </p>
      <ul class="examples" aria-label="Examples">
        {examples.map((each) => (
          <li>
            <button type="button" onClick={() => void ask({ text: each }, each)}>
              {each}
            </button>
          </li>
        ))}
      </ul>
      <div role="log" aria-label="Answers" class="log" tabIndex={0} ref={log}>
        {turns.map((turn, at) => (
          <>
            <article class="agent">
              <div class="bubble">
                <p>{turn.asked}</p>
              </div>
            </article>
            {turn.messages.map((message) => (
              <article class="assistant">
                <div class="bubble">
                  <Markdown text={message.text} />
                </div>
                {message.decisions.map((decision) => (
                  <Card decision={decision} />
                ))}
                <Sources sources={message.sources} />
                {message.choices.length > 0 && at === turns.length - 1 && (
                  <p class="choices">
                    {message.choices.map((each) => (
                      <button type="button" onClick={() => void ask({ choice: each.id }, each.title)}>
                        {each.title}
                      </button>
                    ))}
                  </p>
                )}
              </article>
            ))}
            {turn.masters && <Masters found={turn.masters} />}
            {turn.about && at === turns.length - 1 && (
              <p class="choices">
                <button type="button" onClick={() => void converse(turn.about!, turn.asked)}>
                  Open a conversation with {turn.about}
                </button>
              </p>
            )}
          </>
        ))}
      </div>
      <ErrorText text={error} />
      <form
        class="reply"
        onSubmit={(event) => {
          event.preventDefault();
          void ask({ text: draft }, draft);
        }}
      >
        <label class="hidden" for="question">
          Your question
        </label>
        <input
          id="question"
          value={draft}
          maxLength={2000}
          placeholder="can ASE-1000-0001 move the A5?"
          autocomplete="off"
          onInput={(event) => setDraft(event.currentTarget.value)}
        />
        <button class="primary" disabled={busy || !draft.trim()}>
          Ask
        </button>
      </form>
    </main>
  );
}

function Masters({ found }: { found: MastersAtRisk }) {
  return (
    <article class="assistant">
      <div class="bubble">
        {found.people.length === 0 ? (
          <p>Nobody loses Master status up to {written(found.until)}.</p>
        ) : (
          <table>
            <caption>Master status lapses up to {written(found.until)}</caption>
            <thead>
              <tr>
                <th scope="col">Person</th>
                <th scope="col">Series</th>
                <th scope="col">With</th>
                <th scope="col">On</th>
              </tr>
            </thead>
            <tbody>
              {found.people.map((each) => (
                <tr>
                  <td>
                    {each.name}
                    <br />
                    <span class="quiet">{each.ase_id}</span>
                  </td>
                  <td>{words(each.series)}</td>
                  <td>{each.test}</td>
                  <td>{written(each.on)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </article>
  );
}
