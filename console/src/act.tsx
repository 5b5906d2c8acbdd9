/** Doing something for the person: a seat where one is needed, the preview, the consent, done. And exceptions. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { api, Refused } from "./api";
import { moment, words } from "./format";
import { Markdown } from "./markdown";
import { Card, Dialog, ErrorText, Policy } from "./parts";
import type { Act, Decision, Doing, Lifted, Seat } from "./types";

interface Shown {
  proposal: string;
  text: string;
  expires_at: string;
  decision: Decision | null;
}
/** What a change needs besides its name: a seat, an address, or nothing. */
type Place = { seat?: { site: string; starts_at: string }; address?: Record<string, string> };

const CONSENTS: [string, string][] = [
  ["chat", "In this conversation"],
  ["phone", "On the telephone"],
  ["written", "In writing"],
];

const ADDRESS = [
  ["line1", "Street and number", "off"],
  ["city", "City", "off"],
  ["region", "State or province", "off"],
  ["postal_code", "Postal code", "off"],
] as const;

export function ActDialog({
  path,
  act,
  exception,
  onClose,
}: {
  path: string;
  act: Doing;
  exception?: string;
  onClose: () => void;
}) {
  const [address, setAddress] = useState({ line1: "", city: "", region: "", postal_code: "" });
  const [seats, setSeats] = useState<Seat[] | null>(null);
  const [seat, setSeat] = useState<Seat | null>(null);
  const [shown, setShown] = useState<Shown | null>(null);
  const [how, setHow] = useState("");
  const [said, setSaid] = useState("");
  const [done, setDone] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);

  async function attempt(work: () => Promise<void>): Promise<void> {
    setError(null);
    try {
      await work();
    } catch (trouble) {
      setError((trouble as Refused).message);
    }
  }
  const preview = useCallback(
    (place: Place) =>
      attempt(async () => {
        const body = { action: act.action, about: act.about, ...place, ...(exception ? { exception } : {}) };
        setShown(await api.post<Shown>(`${path}/preview`, body));
      }),
    [path, act, exception],
  );
  useEffect(() => {
    if (act.needs_seat)
      void attempt(async () =>
        setSeats((await api.get<{ seats: Seat[] }>(`${path}/seats?about=${encodeURIComponent(act.about)}`)).seats),
      );
    else if (!act.needs_address) void preview({});
  }, [path, act, preview]);
  const commit = () =>
    attempt(async () => {
      const found = await api.post<{ text: string }>(`${path}/commit`, {
        proposal: shown!.proposal,
        consent: said.trim() ? { how, words: said.trim() } : { how },
        ...(exception ? { exception } : {}),
      });
      setDone(found.text);
    });

  return (
    <Dialog title={act.test ? `${act.title}: ${act.test}` : act.title} onClose={onClose} wide>
      {exception && <p class="notice">Under an exception.</p>}
      {done !== null ? (
        <>
          <div class="done" role="status">
            <Markdown text={done} />
          </div>
          <p class="quiet">The person has been told in the conversation.</p>
          <footer>
            <button type="button" class="primary" onClick={onClose}>
              Good
            </button>
          </footer>
        </>
      ) : shown === null && act.needs_address ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void preview({ address });
          }}
        >
          {ADDRESS.map(([part, title, complete]) => (
            <label>
              {title}
              <input
                value={address[part]}
                required
                maxLength={80}
                autocomplete={complete}
                onInput={(event) => {
                  const value = event.currentTarget.value;
                  setAddress((before) => ({ ...before, [part]: value }));
                }}
              />
            </label>
          ))}
          <ErrorText text={error} />
          <footer>
            <button type="button" onClick={onClose}>
              Leave it
            </button>
            <button class="primary">Preview</button>
          </footer>
        </form>
      ) : shown === null ? (
        <>
          {act.needs_seat && (
            <fieldset class="seats">
              <legend>Free seats</legend>
              {seats === null && !error && <p class="quiet">Looking…</p>}
              {seats?.length === 0 && <p>No seat is free up to the last day.</p>}
              {seats?.map((each) => (
                <label class="radio">
                  <input type="radio" name="seat" checked={seat === each} onChange={() => setSeat(each)} />{" "}
                  <span>
                    {each.title}
                    <br />
                    <span class="quiet">{each.where}</span>
                    {each.closed && <span class="closed"> Can't be changed once booked</span>}
                  </span>
                </label>
              ))}
            </fieldset>
          )}
          <ErrorText text={error} />
          <footer>
            <button type="button" onClick={onClose}>
              Leave it
            </button>
            {act.needs_seat && (
              <button
                type="button"
                class="primary"
                disabled={!seat}
                onClick={() => seat && void preview({ seat: { site: seat.site, starts_at: seat.starts_at } })}
              >
                Preview
              </button>
            )}
          </footer>
        </>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void commit();
          }}
        >
          <div class="preview">
            <Markdown text={shown.text} />
          </div>
          {shown.decision && <Card decision={shown.decision} />}
          <fieldset>
            <legend>How has the person agreed?</legend>
            {CONSENTS.map(([id, title]) => (
              <label class="radio">
                <input type="radio" name="consent" checked={how === id} onChange={() => setHow(id)} /> {title}
              </label>
            ))}
            <label>
              In which words (optional)
              <input value={said} maxLength={500} onInput={(event) => setSaid(event.currentTarget.value)} />
            </label>
          </fieldset>
          <ErrorText text={error} />
          <footer>
            <button type="button" onClick={onClose}>
              Leave it
            </button>
            <button class="primary" disabled={!how}>
              Do it for the person
            </button>
          </footer>
        </form>
      )}
    </Dialog>
  );
}

/** A lead makes an exception or grants the one that was asked for (`asked`); an agent asks for one. */
export function ExceptionDialog({
  path,
  act,
  lead,
  asked,
  onClose,
  onGoOn,
}: {
  path: string;
  act: Act;
  lead: boolean;
  asked?: Lifted;
  onClose: () => void;
  onGoOn?: (id: string) => void;
}) {
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const [made, setMade] = useState<{ id: string; type: string } | null>(
    asked && lead ? { id: asked.id, type: asked.subject.test } : null,
  );
  const [sent, setSent] = useState(false);
  const [text, setText] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  async function go(): Promise<void> {
    setError(null);
    try {
      const wanted = { rule: act.decision.rule, about: act.about, reason: reason.trim() };
      if (!lead) {
        await api.post(`${path}/exception-requests`, wanted);
        setSent(true);
      } else if (made === null) setMade(await api.post(`${path}/exceptions`, wanted));
      else setText((await api.post<{ text: string }>(`${path}/exceptions/${made.id}`, { typed })).text);
    } catch (trouble) {
      setError((trouble as Refused).message);
    }
  }
  return (
    <Dialog title={`An exception: ${act.title}, ${act.test}`} onClose={onClose} wide>
      <p class="notice">
        The rule refuses this: {words(act.code).toLowerCase()}. {act.text}
      </p>
      <Policy rows={act.policy} />
      {asked && (
        <p>
          {asked.asked_by} asked on {moment(asked.at)}: <q>{asked.reason}</q>
        </p>
      )}
      {sent ? (
        <>
          <p role="status">The leads see your request. This panel shows what becomes of it.</p>
          <footer>
            <button type="button" class="primary" onClick={onClose}>
              Done
            </button>
          </footer>
        </>
      ) : text !== null && made !== null ? (
        <>
          <p>The person was told:</p>
          <div class="preview">
            <Markdown text={text} />
          </div>
          <footer>
            <button type="button" onClick={onClose}>
              Later
            </button>
            {onGoOn && (
              <button type="button" class="primary" onClick={() => onGoOn(made.id)}>
                Go on to the preview
              </button>
            )}
          </footer>
        </>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void go();
          }}
        >
          {made === null ? (
            <label>
              Why is an exception right here?
              <textarea
                rows={3}
                required
                minLength={15}
                maxLength={1000}
                value={reason}
                onInput={(event) => setReason(event.currentTarget.value)}
              />
            </label>
          ) : (
            <label>
              Type {made.type} to confirm. It is written into the audit under your name.
              <input value={typed} autocomplete="off" onInput={(event) => setTyped(event.currentTarget.value)} />
            </label>
          )}
          <ErrorText text={error} />
          <footer>
            <button type="button" onClick={onClose}>
              Leave it
            </button>
            <button class={made ? "danger" : "primary"}>
              {made ? "Allow the exception" : lead ? "Next" : "Ask a lead"}
            </button>
          </footer>
        </form>
      )}
    </Dialog>
  );
}

/** Turned down by a lead, or taken back by whom it is theirs. */
export function EndExceptionDialog({ path, lifted, onClose }: { path: string; lifted: Lifted; onClose: () => void }) {
  const [reason, setReason] = useState("");
  const [error, setError] = useState<string | null>(null);
  async function go(): Promise<void> {
    setError(null);
    try {
      await api.post(`${path}/exceptions/${lifted.id}/end`, { reason: reason.trim() });
      onClose();
    } catch (trouble) {
      setError((trouble as Refused).message);
    }
  }
  return (
    <Dialog title={`End the exception: ${words(lifted.rule)}, ${lifted.subject.test}`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void go();
        }}
      >
        <label>
          Why?
          <textarea
            rows={3}
            required
            minLength={15}
            maxLength={1000}
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </label>
        <ErrorText text={error} />
        <footer>
          <button type="button" onClick={onClose}>
            Leave it
          </button>
          <button class="danger">End it</button>
        </footer>
      </form>
    </Dialog>
  );
}
