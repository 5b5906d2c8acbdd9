import { useState } from "preact/hooks";
import { api, Refused } from "./api";
import { words } from "./format";
import { ErrorText } from "./parts";
import type { Session } from "./types";

const PROBLEMS: Record<string, string> = {
  no_account: "You're signed in with your provider, but you don't have an account here. An admin can create one.",
  no_role: "You're signed in with your provider, but you have no role in this console.",
  email_not_verified: "The e-mail of your account there is not verified.",
  provider_away: "The sign-in page cannot be reached just now.",
  sign_in_failed: "The sign-in didn't work. Please try again.",
};

/** Why the way back from the provider did not lead in; said once, and taken out of the address. */
function problem(): string | null {
  const code = new URLSearchParams(location.search).get("sign_in");
  if (code === null) return null;
  history.replaceState(null, "", location.pathname);
  return PROBLEMS[code] ?? PROBLEMS.sign_in_failed!;
}

export function SignIn({ session, onDone }: { session: Session; onDone: (session: Session) => void }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<string | null>(problem);
  const [busy, setBusy] = useState(false);

  async function go(as: string, secret: string): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      onDone(await api.post<Session>("/session", { name: as, password: secret }));
    } catch (trouble) {
      setError((trouble as Refused).message);
      setBusy(false);
    }
  }

  return (
    <main class="signin">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void go(name, password);
        }}
      >
        <p class="logo">
          <span aria-hidden="true">A</span> ASE candidate assistant
        </p>
        <h1>Agents' console</h1>
        <label>
          Name
          <input
            name="name"
            autocomplete="username"
            required
            value={name}
            onInput={(e) => setName(e.currentTarget.value)}
          />
        </label>
        <label>
          Password
          <input
            name="password"
            type="password"
            autocomplete="current-password"
            required
            value={password}
            onInput={(e) => setPassword(e.currentTarget.value)}
          />
        </label>
        <ErrorText text={error} />
        <button class="primary" disabled={busy}>
          Sign in
        </button>
        {session.single_sign_on && (
          <p class="other-way">
            <a class="button" href={session.single_sign_on.path}>
              Sign in with {session.single_sign_on.name}
            </a>
          </p>
        )}
      </form>
      {session.demo && (
        <section class="demo" aria-labelledby="demo-title">
          <h2 id="demo-title">This is the demo: be one of these</h2>
          <ul>
            {session.demo.agents.map((agent) => (
              <li>
                <button type="button" disabled={busy} onClick={() => void go(agent.id, session.demo?.password ?? "")}>
                  <strong>{agent.name}</strong> <span class="quiet">{words(agent.role)}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </main>
  );
}
