/** What the assistant may learn from: a content owner gives each message its topic, or says that it is not ours. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { api, Refused } from "./api";
import { moment, words } from "./format";
import { Dialog, ErrorText } from "./parts";
import type { ReviewItem, Topic } from "./types";

interface Patch {
  patch: string;
  path: string;
  lines: number;
  diff: string;
}
interface Trace extends ReviewItem {
  path: string | null;
  in_data: boolean;
  learned_by: string | null;
}

export function Review() {
  const [items, setItems] = useState<ReviewItem[] | null>(null);
  const [state, setState] = useState("open");
  const [topics, setTopics] = useState<Topic[]>([]);
  const [error, setError] = useState<string | null>(null);
  const [patch, setPatch] = useState<Patch | null>(null);
  const [trace, setTrace] = useState<Trace | null>(null);

  async function attempt(work: () => Promise<void>): Promise<void> {
    setError(null);
    try {
      await work();
    } catch (trouble) {
      setError((trouble as Refused).message);
    }
  }
  const load = useCallback(
    () => attempt(async () => setItems((await api.get<{ items: ReviewItem[] }>(`/review?state=${state}`)).items)),
    [state],
  );
  useEffect(() => void load(), [load]);
  useEffect(() => void api.get<{ topics: Topic[] }>("/topics").then((given) => setTopics(given.topics)), []);
  const ready = (items ?? []).filter(
    (each) => (each.state === "accepted" || each.state === "out_of_scope") && !each.patch,
  ).length;

  return (
    <main class="review">
      <header>
        <div>
          <h1>Review</h1>
          <p class="quiet">
            What was not understood, what got a thumb down, what agents turned down. Personal data is taken out.
          </p>
        </div>
        <label>
          Show
          <select value={state} onChange={(event) => setState(event.currentTarget.value)}>
            {["open", "accepted", "out_of_scope", "dismissed", "all"].map((each) => (
              <option value={each}>{words(each)}</option>
            ))}
          </select>
        </label>
        <button
          type="button"
          class="primary"
          onClick={() =>
            void attempt(async () => {
              setPatch(await api.post<Patch>("/review/export"));
              await load();
            })
          }
        >
          Export as a patch{state !== "open" && ready > 0 ? ` (${ready})` : ""}
        </button>
      </header>
      <ErrorText text={error} />
      {items?.length === 0 && <p class="empty">{state === "open" ? "Nothing is waiting. Good." : "Nothing here."}</p>}
      <ul class="items">
        {items?.map((item) => (
          <Item
            key={item.id}
            item={item}
            topics={topics}
            onTrace={() => void attempt(async () => setTrace(await api.get<Trace>(`/review/${item.id}`)))}
            onDecide={(decision, label, text) =>
              void attempt(async () => {
                await api.post(`/review/${item.id}`, { decision, ...(label ? { label } : {}), text });
                await load();
              })
            }
          />
        ))}
      </ul>
      {patch && (
        <Dialog title={`Patch ${patch.patch}`} onClose={() => setPatch(null)} wide>
          <p>
            {patch.lines} {patch.lines === 1 ? "line" : "lines"} for <code>{patch.path}</code>. Apply it with{" "}
            <code>git apply</code>, review it, train.
          </p>
          <pre tabIndex={0}>{patch.diff}</pre>
          <footer>
            <a
              class="button primary"
              download={`${patch.patch}.patch`}
              href={URL.createObjectURL(new Blob([patch.diff], { type: "text/x-patch" }))}
            >
              Download
            </a>
          </footer>
        </Dialog>
      )}
      {trace && (
        <Dialog title="From this message to the model" onClose={() => setTrace(null)}>
          <ol class="trace">
            <li class="yes">
              Heard as <code>{trace.heard_as ?? "nothing"}</code> by <code>{trace.model ?? "?"}</code>
            </li>
            <li class={trace.decided_by ? "yes" : ""}>
              {trace.decided_by
                ? `${words(trace.state)}${trace.label ? ` as ${trace.label}` : ""}, by ${trace.decided_by}`
                : "Not decided"}
            </li>
            <li class={trace.patch ? "yes" : ""}>
              {trace.path ? (
                <>
                  Exported in <code>{trace.path}</code>
                </>
              ) : (
                "Not exported"
              )}
            </li>
            <li class={trace.in_data ? "yes" : ""}>
              {trace.in_data ? "In the training data" : "Not in the training data yet"}
            </li>
            <li class={trace.learned_by ? "yes" : ""}>
              {trace.learned_by ? (
                <>
                  Learned by <code>{trace.learned_by}</code>, which answers now
                </>
              ) : (
                "Not learned by the model that answers now"
              )}
            </li>
          </ol>
        </Dialog>
      )}
    </main>
  );
}

function Item({
  item,
  topics,
  onDecide,
  onTrace,
}: {
  item: ReviewItem;
  topics: Topic[];
  onDecide: (decision: string, label: string, text: string) => void;
  onTrace: () => void;
}) {
  const [label, setLabel] = useState(item.label ?? "");
  const [text, setText] = useState(item.text);
  const fixed = item.patch !== null;
  return (
    <li>
      <p class="head">
        <span class="tag warn">{words(item.source)}</span>{" "}
        <span class="quiet">
          {moment(item.at)} · heard as {item.heard_as ?? "nothing"}
          {item.confidence !== null && ` (${Math.round(item.confidence * 100)} %)`}
        </span>
        {item.state !== "open" && (
          <span class="tag good">
            {words(item.state)}
            {item.label ? `: ${item.label}` : ""}
          </span>
        )}
        {item.patch && <span class="tag">Patch {item.patch}</span>}
      </p>
      <label>
        Line
        <input value={text} disabled={fixed} maxLength={300} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      {item.remark && <p class="quiet">Remark: {item.remark}</p>}
      <div class="buttons">
        <label>
          Topic
          <select value={label} disabled={fixed} onChange={(event) => setLabel(event.currentTarget.value)}>
            <option value="">Pick a topic</option>
            {topics
              .filter((each) => each.label !== "out_of_scope")
              .map((each) => (
                <option value={each.label} title={each.meaning}>
                  {each.title} ({each.label})
                </option>
              ))}
          </select>
        </label>
        <button
          type="button"
          class="primary"
          disabled={!label || fixed}
          onClick={() => onDecide("accepted", label, text)}
        >
          Accept
        </button>
        <button type="button" disabled={fixed} onClick={() => onDecide("out_of_scope", "", text)}>
          Not ours
        </button>
        <button type="button" class="link" disabled={fixed} onClick={() => onDecide("dismissed", "", text)}>
          Dismiss
        </button>
        <button type="button" class="link" onClick={onTrace}>
          Trace
        </button>
      </div>
    </li>
  );
}
