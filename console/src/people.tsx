/** A person looked up by ASE ID, without a conversation: masked until opened for a reason, which is audited. */
import { useState } from "preact/hooks";
import { api, Refused } from "./api";
import { PersonView } from "./beside";
import { ErrorText } from "./parts";
import type { Agent, Person, Records } from "./types";

export function People({ agent, onConversation }: { agent: Agent; onConversation: (id: string) => void }) {
  const [draft, setDraft] = useState("");
  const [asked, setAsked] = useState("");
  const [found, setFound] = useState<Person | null>(null);
  const [reason, setReason] = useState("");
  const [records, setRecords] = useState<Records | null>(null);
  const [error, setError] = useState<string | null>(null);

  async function attempt(work: () => Promise<void>): Promise<void> {
    setError(null);
    try {
      await work();
    } catch (trouble) {
      setError((trouble as Refused).message);
    }
  }
  const look = () =>
    attempt(async () => {
      setFound(null);
      setRecords(null);
      setReason("");
      const ase_id = draft.trim();
      setFound((await api.post<{ person: Person }>("/people/look", { ase_id })).person);
      setAsked(ase_id);
    });
  const open = () =>
    attempt(async () => {
      setRecords(
        (await api.post<{ person: Records }>("/people/open", { ase_id: asked, reason: reason.trim() })).person,
      );
    });

  const converse = () =>
    attempt(async () => {
      const body = { ase_id: asked, reason: reason.trim() };
      onConversation((await api.post<{ conversation: string }>("/people/conversation", body)).conversation);
    });

  return (
    <main class="people">
      <h1>People</h1>
      <p class="quiet">
        Somebody who calls or writes without a conversation here. To change something, open a conversation with them.
      </p>
      <form
        class="look"
        onSubmit={(event) => {
          event.preventDefault();
          void look();
        }}
      >
        <label>
          ASE ID
          <input
            value={draft}
            required
            maxLength={20}
            placeholder="ASE-1000-0001"
            autocomplete="off"
            onInput={(event) => setDraft(event.currentTarget.value)}
          />
        </label>
        <button class="primary">Look up</button>
      </form>
      <ErrorText text={error} />
      {found && !records && (
        <form
          class="found-person"
          onSubmit={(event) => {
            event.preventDefault();
            void open();
          }}
        >
          <h2>
            {found.name} <span class="quiet">{found.ase_id}</span>
          </h2>
          <p>The person is masked until you open the records. Opening is written into the audit, with your reason.</p>
          <label>
            Why do you look?
            <input
              value={reason}
              required
              minLength={5}
              maxLength={500}
              placeholder="she is on the telephone"
              onInput={(event) => setReason(event.currentTarget.value)}
            />
          </label>
          <footer>
            <button class="primary">Open the records</button>
          </footer>
        </form>
      )}
      {records && (
        <article class="records" aria-label={`Records of ${records.name}`}>
          <h2 class="who">{records.name}</h2>
          <button type="button" onClick={() => void converse()}>
            Open a conversation
          </button>
          <PersonView agent={agent} path="" person={records} mine={false} refresh={() => Promise.resolve()} />
        </article>
      )}
    </main>
  );
}
