/** Who may work here. For admins. */
import { useEffect, useState } from "preact/hooks";
import { api, Refused } from "./api";
import { words } from "./format";
import { ErrorText } from "./parts";
import type { Agent, Role } from "./types";

type Account = Agent & { disabled: boolean; email: string | null };
const ROLES: Role[] = ["agent", "lead", "content_owner", "admin"];

export function Accounts({ me }: { me: string }) {
  const [accounts, setAccounts] = useState<Account[]>([]);
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("agent");
  const [made, setMade] = useState<{ id: string; password: string } | null>(null);
  const [error, setError] = useState<string | null>(null);
  async function attempt(work: () => Promise<void>): Promise<void> {
    setError(null);
    try {
      await work();
      setAccounts((await api.get<{ accounts: Account[] }>("/accounts")).accounts);
    } catch (trouble) {
      setError((trouble as Refused).message);
    }
  }
  useEffect(() => void attempt(() => Promise.resolve()), []);
  return (
    <main class="accounts">
      <h1>Accounts</h1>
      <ErrorText text={error} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void attempt(async () => {
            setMade(await api.post("/accounts", { name, role }));
            setName("");
          });
        }}
      >
        <label>
          Name
          <input value={name} required maxLength={40} onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        <label>
          Role
          <select value={role} onChange={(event) => setRole(event.currentTarget.value as Role)}>
            {ROLES.map((each) => (
              <option value={each}>{words(each)}</option>
            ))}
          </select>
        </label>
        <button class="primary">Add</button>
      </form>
      {made && (
        <p class="notice" role="status">
          {made.id} may sign in with <code>{made.password}</code>. It is shown this once.
        </p>
      )}
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Shown as</th>
            <th scope="col">E-mail at the provider</th>
            <th scope="col">Role</th>
            <th scope="col">May sign in</th>
          </tr>
        </thead>
        <tbody>
          {accounts.map((each) => (
            <tr>
              <th scope="row">{each.id}</th>
              <td>{each.name}</td>
              <td>
                <input
                  type="email"
                  aria-label={`E-mail of ${each.id}`}
                  value={each.email ?? ""}
                  maxLength={251}
                  disabled={each.id === me}
                  placeholder="none"
                  onChange={(event) => {
                    const next = event.currentTarget.value.trim() || null;
                    void attempt(async () => void (await api.ask("PATCH", `/accounts/${each.id}`, { email: next })));
                  }}
                />
              </td>
              <td>
                <select
                  aria-label={`Role of ${each.id}`}
                  value={each.role}
                  disabled={each.id === me}
                  onChange={(event) => {
                    const next = event.currentTarget.value;
                    void attempt(async () => void (await api.ask("PATCH", `/accounts/${each.id}`, { role: next })));
                  }}
                >
                  {ROLES.map((one) => (
                    <option value={one}>{words(one)}</option>
                  ))}
                </select>
              </td>
              <td>
                <button
                  type="button"
                  disabled={each.id === me}
                  onClick={() =>
                    void attempt(
                      async () => void (await api.ask("PATCH", `/accounts/${each.id}`, { disabled: !each.disabled })),
                    )
                  }
                >
                  {each.disabled ? "Switch on" : "Switch off"}
                  <span class="hidden"> {each.id}</span>
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </main>
  );
}
