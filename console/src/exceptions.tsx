/** Exceptions from the rules, for leads: those that wait for a word first, then the newest. */
import { useEffect, useState } from "preact/hooks";
import { api, Refused } from "./api";
import { moment, words } from "./format";
import { ErrorText } from "./parts";
import type { Lifted } from "./types";

export function Exceptions({ onConversation }: { onConversation: (id: string) => void }) {
  const [found, setFound] = useState<Lifted[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    api.get<{ exceptions: Lifted[] }>("/exceptions").then(
      (given) => setFound(given.exceptions),
      (trouble) => setError((trouble as Refused).message),
    );
  }, []);
  return (
    <main class="exceptions">
      <h1>Exceptions</h1>
      <ErrorText text={error} />
      {found?.length === 0 && <p class="empty">No exception was asked for.</p>}
      {found && found.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">State</th>
              <th scope="col">What</th>
              <th scope="col">Asked for</th>
              <th scope="col">Granted</th>
              <th scope="col">Ended</th>
              <th scope="col">Conversation</th>
            </tr>
          </thead>
          <tbody>
            {found.map((each) => (
              <tr key={each.id}>
                <td>{words(each.state)}</td>
                <td>
                  {words(each.rule)}, {each.subject.test}
                </td>
                <td>
                  {each.asked_by}, {moment(each.at)}
                  <br />
                  <q>{each.reason}</q>
                </td>
                <td>
                  {each.by && `${each.by}, ${moment(each.granted_at!)}`}
                  {each.state === "granted" && ` (until ${moment(each.expires_at!)})`}
                </td>
                <td>
                  {each.ended_at && `${each.ended_by ?? ""} ${moment(each.ended_at)}`}
                  {each.ended_why && (
                    <>
                      <br />
                      <q>{each.ended_why}</q>
                    </>
                  )}
                </td>
                <td>
                  <button type="button" onClick={() => onConversation(each.conversation!)}>
                    Go to it
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </main>
  );
}
