/** One conversation: what was said, whose it is, the reply; the rest stands beside it. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";
import { api, newId, Refused } from "./api";
import { BesideView } from "./beside";
import { clock, since, words } from "./format";
import { useKeys } from "./keys";
import type { Live, TalkListener } from "./live";
import { Markdown } from "./markdown";
import { Card, Dialog, ErrorText, Sources } from "./parts";
import { Suggestions } from "./suggest";
import type { Agent, Beside, Line, Message, State, Suggestion, Talk } from "./types";

type Step = "back" | "transfer" | "close" | null;
const OUTCOMES = ["solved", "follow_up", "unsolved", "no_answer"];

export function TalkView(given: {
  agent: Agent;
  line: Line;
  live: Live;
  listener: RefObject<TalkListener>;
  now: number;
  onMine: () => void;
  onGone: () => void;
}) {
  const { agent, line, live, listener, now, onMine, onGone } = given;
  const [opened, setOpened] = useState(line.opened);
  const [messages, setMessages] = useState<Message[]>([]);
  const [state, setState] = useState<State | null>(null);
  const [beside, setBeside] = useState<Beside | null>(null);
  const [draft, setDraft] = useState("");
  const [used, setUsed] = useState<Suggestion | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [step, setStep] = useState<Step>(null);
  const [busy, setBusy] = useState(false);
  /** The message that replies are wanted for, where it is not the one that waits for an answer. */
  const [about, setAbout] = useState<number | null>(null);
  const log = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  /** Whether the messages were asked for; the line says later, or from elsewhere, that it is opened. */
  const asked = useRef(false);
  const sending = useRef<{ text: string; id: string } | null>(null);
  const path = `/conversations/${line.id}`;
  const mine = line.owner === "agent" && line.owner_agent === agent.id && !line.ended;

  const refresh = useCallback(async () => {
    setBeside(await api.get<Beside>(`${path}/beside`));
  }, [path]);

  const open = useCallback(async () => {
    asked.current = true;
    try {
      const found = await api.post<Talk>(`${path}/open`);
      setOpened(true);
      setMessages(found.messages);
      setState(found.state);
      live.watch(line.id, found.messages.at(-1)?.seq ?? 0);
      await refresh();
    } catch (trouble) {
      asked.current = false;
      setError((trouble as Refused).message);
    }
  }, [line.id, live, path, refresh]);

  useEffect(() => {
    listener.current = (id, more, next) => {
      if (id !== line.id) return;
      setMessages((before) => {
        const seen = before.at(-1)?.seq ?? 0;
        return [...before, ...more.filter((each) => each.seq > seen)];
      });
      setState(next);
    };
  }, [line.id, listener]);
  useEffect(() => {
    if (line.opened && !asked.current) void open();
  }, [line.opened, open]);
  useEffect(() => () => live.watch(null, 0), [live]);

  const last = messages.at(-1)?.seq ?? 0;
  useEffect(() => {
    log.current?.scrollTo({ top: log.current.scrollHeight });
    setAbout(null);
    if (opened && last) void refresh().catch(() => undefined);
  }, [last, line.owner, opened, refresh]);

  useEffect(() => {
    const place = log.current;
    if (!place) return undefined;
    const size = new ResizeObserver(() => place.scrollTo({ top: place.scrollHeight }));
    size.observe(place);
    return () => size.disconnect();
  }, [opened]);

  async function act(name: string, body: unknown): Promise<boolean> {
    setBusy(true);
    setError(null);
    try {
      await api.post(`${path}/${name}`, body);
      return true;
    } catch (trouble) {
      setError((trouble as Refused).message);
      return false;
    } finally {
      setBusy(false);
    }
  }

  async function take(): Promise<void> {
    if (busy || mine) return;
    const body = line.owner_agent ? { owner: line.owner, owner_agent: line.owner_agent } : { owner: line.owner };
    if (await act("take", body)) {
      onMine();
      await open();
      field.current?.focus();
    }
  }

  async function send(text = draft, suggestion = used): Promise<void> {
    const said = text.trim();
    if (!said || busy || !mine) return;
    if (sending.current?.text !== said) sending.current = { text: said, id: newId() };
    if (await act("messages", { text: said, client_message_id: sending.current.id })) {
      sending.current = null;
      setDraft("");
      setUsed(null);
      if (suggestion) {
        const same = suggestion.text.trim() === said;
        void api
          .post(`${path}/suggestions/${suggestion.id}`, { state: same ? "sent" : "edited" })
          .catch(() => undefined);
      }
    }
    field.current?.focus();
  }

  function insert(suggestion: Suggestion | null, text: string): void {
    setDraft((before) => (before.trim() && !suggestion ? `${before.trimEnd()} ${text}` : text));
    setUsed(suggestion);
    if (suggestion) void api.post(`${path}/suggestions/${suggestion.id}`, { state: "inserted" }).catch(() => undefined);
    window.setTimeout(() => field.current?.focus());
  }

  useKeys((key) => {
    if (key === "t" && !mine && !line.ended) void take();
    else if (key === "r" && mine) field.current?.focus();
    else if (key === "b" && mine) setStep("back");
    else if (key === "x" && mine) setStep("transfer");
    else if (key === "e" && mine) setStep("close");
    else return false;
    return true;
  });

  const title = line.person ? line.person.name : "Not signed in";
  const lastAsked = toAnswer(messages);
  const wanted = about ?? lastAsked?.seq;
  return (
    <>
      <main class="talk">
        <header>
          <div>
            <h1>{title}</h1>
            <p class="quiet">
              {line.person?.ase_id ?? "nobody has signed in"} · {words(line.channel)} · {line.topic ?? "no topic yet"}
              {line.requested_at && ` · asked for a person ${since(line.requested_at, now)} ago`}
            </p>
          </div>
          <div class="steps">
            {mine ? (
              <>
                <button type="button" onClick={() => setStep("back")}>
                  Hand back
                </button>
                <button type="button" onClick={() => setStep("transfer")}>
                  Pass on
                </button>
                <button type="button" onClick={() => setStep("close")}>
                  Close
                </button>
              </>
            ) : line.ended ? (
              <span class="tag">Closed</span>
            ) : line.owner === "agent" && agent.role !== "lead" ? (
              <span class="tag good">{line.owner_name} has it</span>
            ) : (
              <button type="button" class="primary" disabled={busy} onClick={() => void take()}>
                {line.owner === "agent" ? `Take over from ${line.owner_name}` : "Take over"}
              </button>
            )}
          </div>
        </header>
        <ErrorText text={error} />
        {!opened ? (
          <div class="closed">
            <p>The person is masked until you open the conversation. Opening it is written into the audit.</p>
            <button type="button" onClick={() => void open()}>
              Open to read
            </button>
          </div>
        ) : (
          <div class="log" role="log" aria-label="Conversation" ref={log} tabIndex={0}>
            {messages.map((each) => (
              <Bubble
                message={each}
                key={each.seq}
                wanted={mine && each.seq === wanted}
                onSuggest={
                  mine && each.author === "candidate" && each.text && each.seq !== wanted
                    ? () => setAbout(each.seq)
                    : undefined
                }
              />
            ))}
            {state && state.owner !== "agent" && state.task && (
              <p class="open-task">
                The assistant waits for an answer: {words(state.task.name)}, {words(state.task.step)}
              </p>
            )}
          </div>
        )}
        {mine && opened && (
          <>
            {wanted !== undefined && (
              <Suggestions path={path} seq={wanted} onInsert={insert} onSend={(each) => void send(each.text, each)} />
            )}
            <form
              class="reply"
              onSubmit={(event) => {
                event.preventDefault();
                void send();
              }}
            >
              <label class="hidden" for="reply">
                Your reply
              </label>
              <textarea
                id="reply"
                ref={field}
                rows={3}
                maxLength={2000}
                placeholder="Write a reply… (Ctrl Enter sends)"
                value={draft}
                onInput={(event) => setDraft(event.currentTarget.value)}
                onKeyDown={(event) => {
                  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
                    event.preventDefault();
                    void send();
                  }
                }}
              />
              <button class="primary" disabled={busy || !draft.trim()}>
                Send
              </button>
            </form>
          </>
        )}
        {!mine && opened && !line.ended && (
          <p class="hint">
            {line.owner === "agent"
              ? `${line.owner_name} answers here.`
              : line.owner === "queue"
                ? "Waiting for a person."
                : "The assistant answers here."}{" "}
            You can read along; take over to write.
          </p>
        )}
      </main>
      <BesideView
        agent={agent}
        path={path}
        beside={opened ? beside : null}
        mine={mine}
        refresh={refresh}
        onInsert={(text) => insert(null, text)}
      />
      {step && (
        <StepDialog
          step={step}
          path={path}
          onClose={() => setStep(null)}
          onDone={(gone) => {
            setStep(null);
            if (gone) onGone();
          }}
        />
      )}
    </>
  );
}

/** The message that wants an answer: of what the person said since the last agent, the last about tests or the account. */
function toAnswer(messages: Message[]): Message | undefined {
  const answered = messages.reduce((seq, each) => (each.author === "agent" ? each.seq : seq), 0);
  const said = messages.filter((each) => each.author === "candidate" && each.text && each.seq > answered);
  const asked = said.filter((each) => /^(faq|account)\//.test(each.intent?.name ?? ""));
  return asked.at(-1) ?? said.at(-1);
}

function Bubble({ message, wanted, onSuggest }: { message: Message; wanted: boolean; onSuggest?: () => void }) {
  const who = { assistant: "Assistant", candidate: "Person", agent: "Agent" }[message.author];
  return (
    <article class={message.author}>
      <p class="by">
        {who} <time dateTime={message.at}>{clock(message.at)}</time>
        {message.intent && (
          <span class="intent">
            {message.intent.name} {Math.round(message.intent.confidence * 100)} %
          </span>
        )}
      </p>
      <div class="bubble">
        {message.author === "candidate" ? (
          <p class="typed" dir="auto">
            {message.text}
          </p>
        ) : (
          <Markdown text={message.text} />
        )}
      </div>
      {onSuggest && (
        <button type="button" class="link suggest" onClick={onSuggest}>
          Suggest replies<span class="hidden"> to: {message.text.slice(0, 60)}</span>
        </button>
      )}
      {wanted && <p class="quiet suggest">Replies suggested below</p>}
      {message.decisions.map((decision) => (
        <Card decision={decision} />
      ))}
      <Sources sources={message.sources} />
      {message.choices.length > 0 && (
        <p class="choices quiet">Offered: {message.choices.map((each) => each.title).join(" · ")}</p>
      )}
    </article>
  );
}

function StepDialog({
  step,
  path,
  onClose,
  onDone,
}: {
  step: Exclude<Step, null>;
  path: string;
  onClose: () => void;
  onDone: (gone: boolean) => void;
}) {
  const [note, setNote] = useState("");
  const [to, setTo] = useState("");
  const [outcome, setOutcome] = useState("solved");
  const [error, setError] = useState<string | null>(null);
  const [colleagues, setColleagues] = useState<Agent[]>([]);
  useEffect(() => {
    if (step === "transfer")
      void api.get<{ colleagues: Agent[] }>("/colleagues").then((found) => setColleagues(found.colleagues));
  }, [step]);
  const title = { back: "Hand back to the assistant", transfer: "Pass on", close: "Close the conversation" }[step];

  async function go(): Promise<void> {
    const extra = note.trim() ? { note: note.trim() } : {};
    try {
      if (step === "back") await api.post(`${path}/hand-back`, extra);
      else if (step === "transfer") await api.post(`${path}/transfer`, to ? { to, ...extra } : extra);
      else await api.post(`${path}/close`, { outcome, ...extra });
      onDone(step === "close");
    } catch (trouble) {
      setError((trouble as Refused).message);
    }
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void go();
        }}
      >
        {step === "back" && <p>The assistant tells the person, goes on with what was open, and knows what was said.</p>}
        {step === "transfer" && (
          <label>
            To
            <select value={to} onChange={(event) => setTo(event.currentTarget.value)}>
              <option value="">Back into the line</option>
              {colleagues.map((each) => (
                <option value={each.id}>
                  {each.name} ({words(each.role)})
                </option>
              ))}
            </select>
          </label>
        )}
        {step === "close" && (
          <fieldset>
            <legend>Outcome</legend>
            {OUTCOMES.map((each) => (
              <label class="radio">
                <input type="radio" name="outcome" checked={outcome === each} onChange={() => setOutcome(each)} />{" "}
                {words(each)}
              </label>
            ))}
          </fieldset>
        )}
        <label>
          Note for colleagues
          <textarea rows={3} maxLength={2000} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
        </label>
        <ErrorText text={error} />
        <footer>
          <button type="button" onClick={onClose}>
            Leave it
          </button>
          <button class="primary">{step === "close" ? "Close it" : step === "back" ? "Hand back" : "Pass on"}</button>
        </footer>
      </form>
    </Dialog>
  );
}
