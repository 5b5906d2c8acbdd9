/** Master status: what is missing, what has expired, what expires first. */
import type { Decision } from "../types";
import { useHere } from "./context";

interface Dated {
  test: string;
  on: string;
}

const dated = (value: unknown): Dated[] =>
  (Array.isArray(value) ? value : [value]).filter(
    (one): one is Dated =>
      typeof one === "object" &&
      one !== null &&
      typeof (one as Dated).test === "string" &&
      typeof (one as Dated).on === "string",
  );

export function Master({ decision }: { decision: Decision }) {
  const { words } = useHere();
  const values = decision.reasons[0]!.values;
  const missing = Array.isArray(values.missing)
    ? values.missing.filter((one): one is string => typeof one === "string")
    : [];
  const expired = dated(values.expired);
  const next = dated(values.next_lapse);
  const row = (kind: string, label: string, tests: { test: string; on?: string }[]) =>
    tests.length > 0 && (
      <div class={`set ${kind}`}>
        <h4>{words.t(label)}</h4>
        <ul>
          {tests.map(({ test, on }) => (
            <li>
              <strong>{words.test(test)}</strong>
              {on && <time dateTime={on}>{words.t("master.on", { day: words.day(on, "short") })}</time>}
            </li>
          ))}
        </ul>
      </div>
    );
  return (
    <div class="master">
      {row(
        "missing",
        "master.missing",
        missing.map((test) => ({ test })),
      )}
      {row("expired", "master.expired", expired)}
      {decision.outcome === "allowed" && <p>{words.t("master.all")}</p>}
      {row("lapse", "master.next", next)}
    </div>
  );
}
