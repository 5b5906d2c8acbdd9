/** Beside the conversation: what was asked and decided, the person's dates, what may be done, what we know. */
import { useEffect, useRef, useState } from "preact/hooks";
import { ActDialog, EndExceptionDialog, ExceptionDialog } from "./act";
import { api } from "./api";
import { moment, until, words, written } from "./format";
import { useKeys } from "./keys";
import { Markdown } from "./markdown";
import { Outcome, Policy, Sources } from "./parts";
import type { Act, Agent, Beside, Doing, Found, Lifted, Macro, Records, Test } from "./types";

type Tab = "person" | "summary" | "knowledge";

export function BesideView(given: {
  agent: Agent;
  path: string;
  beside: Beside | null;
  mine: boolean;
  refresh: () => Promise<void>;
  onInsert: (text: string) => void;
}) {
  const { agent, path, beside, mine, refresh, onInsert } = given;
  const [tab, setTab] = useState<Tab>("person");
  const search = useRef<HTMLInputElement>(null);
  useKeys((key) => {
    if (key !== "/") return false;
    setTab("knowledge");
    window.setTimeout(() => search.current?.focus());
    return true;
  });
  return (
    <aside class="beside" aria-label="Beside the conversation">
      <div class="tabs" role="tablist" aria-label="Beside the conversation">
        {(["person", "summary", "knowledge"] as Tab[]).map((each) => (
          <button
            type="button"
            role="tab"
            id={`beside-${each}`}
            aria-selected={tab === each}
            aria-controls="beside-panel"
            onClick={() => setTab(each)}
          >
            {words(each)}
          </button>
        ))}
      </div>
      <div id="beside-panel" role="tabpanel" aria-labelledby={`beside-${tab}`} tabIndex={0}>
        {tab === "knowledge" ? (
          <Knowledge field={search} path={path} open={beside !== null} onInsert={onInsert} mine={mine} />
        ) : beside === null ? (
          <p class="empty">Open the conversation to see who it is.</p>
        ) : tab === "summary" ? (
          <Summary beside={beside} />
        ) : beside.person ? (
          <PersonView agent={agent} path={path} person={beside.person} mine={mine} refresh={refresh} />
        ) : (
          <p class="empty">
            Nobody has signed in to this conversation, so there are no records to look at. The person can sign in here
            with their ASE ID.
          </p>
        )}
      </div>
    </aside>
  );
}

export function PersonView({
  agent,
  path,
  person,
  mine,
  refresh,
}: {
  agent: Agent;
  path: string;
  person: Records;
  mine: boolean;
  refresh: () => Promise<void>;
}) {
  const [acting, setActing] = useState<{ act: Doing; exception?: string } | null>(null);
  const [excepting, setExcepting] = useState<{ act: Act; asked?: Lifted } | null>(null);
  const [ending, setEnding] = useState<Lifted | null>(null);
  const lead = agent.role === "lead";
  const byTest = [...new Set(person.actions.map((each) => each.about))];
  return (
    <>
      <dl class="facts">
        <div>
          <dt>ASE ID</dt>
          <dd>{person.ase_id}</dd>
        </div>
        {person.email && (
          <div>
            <dt>E-mail</dt>
            <dd>{person.email}</dd>
          </div>
        )}
        {person.phone && (
          <div>
            <dt>Phone</dt>
            <dd>{person.phone}</dd>
          </div>
        )}
        {person.address && (
          <div>
            <dt>Address</dt>
            <dd>{person.address}</dd>
          </div>
        )}
        <div>
          <dt>Time zone</dt>
          <dd>{person.time_zone}</dd>
        </div>
        <div>
          <dt>Experience</dt>
          <dd>{words(person.experience)}</dd>
        </div>
        {person.accommodation !== "none" && (
          <div>
            <dt>Accommodation</dt>
            <dd>{words(person.accommodation)}</dd>
          </div>
        )}
      </dl>
      {person.waiting && <p class="notice">A change waits for the person's yes: {words(person.waiting.kind)}.</p>}
      <section>
        <h2>What may be done now</h2>
        {byTest.length === 0 && <p class="empty">No test is bought and not taken.</p>}
        {byTest.map((about) => {
          const acts = person.actions.filter((each) => each.about === about);
          return (
            <div class="acts" key={about}>
              <h3>
                {acts[0]!.test}
                {acts[0]!.which && <span class="quiet"> {acts[0]!.which}</span>}
              </h3>
              <ul>
                {acts.map((act) => (
                  <li class={act.outcome}>
                    <details>
                      <summary>
                        {act.title}
                        <span class="until">
                          <Outcome outcome={act.outcome} />
                          {act.outcome === "allowed" && act.closes_at && ` ${until(act.closes_at)}`}
                          {act.outcome !== "allowed" &&
                            (act.opens_at ? `, from ${written(act.opens_at)}` : `: ${words(act.code).toLowerCase()}`)}
                        </span>
                      </summary>
                      <p>{act.text}</p>
                      <Policy rows={act.policy} />
                    </details>
                    {mine && act.outcome === "allowed" && (
                      <button type="button" aria-label={`${act.title}, ${act.test}`} onClick={() => setActing({ act })}>
                        {act.needs_seat ? "Choose a seat" : "Preview"}
                      </button>
                    )}
                    {mine && act.outcome !== "allowed" && act.exception?.state === "granted" && (
                      <button
                        type="button"
                        aria-label={`Use the exception: ${act.title}, ${act.test}`}
                        onClick={() => setActing({ act, exception: act.exception!.id })}
                      >
                        Use exception
                      </button>
                    )}
                    {act.outcome === "refused" && act.exception?.state === "requested" && (
                      <>
                        {lead && path ? (
                          <button
                            type="button"
                            aria-label={`Decide on the exception: ${act.title}, ${act.test}`}
                            onClick={() =>
                              setExcepting({
                                act,
                                asked: person.exceptions.find((each) => each.id === act.exception!.id),
                              })
                            }
                          >
                            Grant…
                          </button>
                        ) : (
                          <span class="quiet">Asked for</span>
                        )}
                      </>
                    )}
                    {mine && act.outcome === "refused" && !act.exception && (
                      <button
                        type="button"
                        class="link"
                        aria-label={`${lead ? "Make" : "Ask for"} an exception: ${act.title}, ${act.test}`}
                        onClick={() => setExcepting({ act })}
                      >
                        {lead ? "Exception…" : "Ask for an exception…"}
                      </button>
                    )}
                  </li>
                ))}
              </ul>
            </div>
          );
        })}
        <div class="acts">
          <h3>Certificates and address</h3>
          <ul>
            {person.own.map((act) => (
              <li class={act.outcome}>
                <details>
                  <summary>
                    {act.title}
                    <span class="until">
                      <Outcome outcome={act.outcome} />
                      {act.fee
                        ? ` $${act.fee}`
                        : act.outcome !== "allowed" && act.code
                          ? `: ${words(act.code).toLowerCase()}`
                          : ""}
                    </span>
                  </summary>
                  <p>
                    {act.text ??
                      "Checked part by part; the person is told, and ASE's notice is given where a certificate is on its way."}
                  </p>
                  <Policy rows={act.policy ?? []} />
                </details>
                {mine && act.outcome === "allowed" && (
                  <button
                    type="button"
                    aria-label={act.title}
                    onClick={() => setActing({ act: { ...act, needs_address: act.action === "change_address" } })}
                  >
                    {act.action === "change_address" ? "Enter it" : "Preview"}
                  </button>
                )}
              </li>
            ))}
          </ul>
        </div>
        {person.exceptions.map((each) => (
          <p class="notice" key={each.id}>
            <strong>Exception, {words(each.state).toLowerCase()}</strong>: {words(each.rule)}, {each.subject.test}.
            Asked by {each.asked_by}, {moment(each.at)}: <q>{each.reason}</q>
            {each.by && ` Granted by ${each.by}, ${moment(each.granted_at!)}.`}
            {each.state === "granted" && ` Holds until ${moment(each.expires_at!)}.`}
            {each.ended_at &&
              ` ${words(each.state)} ${moment(each.ended_at)}${each.ended_by ? ` (${each.ended_by})` : ""}.`}
            {each.ended_why && <q> {each.ended_why}</q>}{" "}
            {path && (each.state === "granted" ? lead : each.state === "requested" && (lead || mine)) && (
              <button type="button" class="link" onClick={() => setEnding(each)}>
                {each.state === "granted" || !lead ? "Withdraw…" : "Turn down…"}
              </button>
            )}
          </p>
        ))}
      </section>
      <section>
        <h2>Timeline</h2>
        {person.tests.length === 0 && <p class="empty">No test was ever bought.</p>}
        {person.tests.map((test) => (
          <Timeline test={test} key={`${test.test}${test.purchase_id}`} />
        ))}
      </section>
      {person.certifications.length > 0 && (
        <section>
          <h2>Certifications</h2>
          <ul class="certs">
            {person.certifications.map((each) => (
              <li>
                <strong>{each.test}</strong> <Outcome outcome={each.outcome === "allowed" ? "current" : "expired"} />{" "}
                {typeof each.values.expires_on === "string" && (
                  <span class="quiet">until {written(each.values.expires_on)}</span>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
      {person.master.map((each) => {
        const lapse = each.values.next_lapse as { test: string; on: string } | undefined;
        return (
          <section>
            <h2>Master, {words(each.series ?? "")}</h2>
            <p>
              <Outcome outcome={each.outcome === "allowed" ? "held" : "not_held"} />{" "}
              {lapse && (
                <span>
                  Next lapse: <strong>{lapse.test}</strong> on {written(lapse.on)}
                </span>
              )}
            </p>
            <p class="quiet">{each.text}</p>
          </section>
        );
      })}
      {acting && (
        <ActDialog
          path={path}
          act={acting.act}
          exception={acting.exception}
          onClose={() => {
            setActing(null);
            void refresh();
          }}
        />
      )}
      {excepting && (
        <ExceptionDialog
          path={path}
          act={excepting.act}
          lead={lead}
          asked={excepting.asked}
          onClose={() => {
            setExcepting(null);
            void refresh();
          }}
          onGoOn={
            mine
              ? (id) => {
                  setActing({ act: excepting.act, exception: id });
                  setExcepting(null);
                }
              : undefined
          }
        />
      )}
      {ending && (
        <EndExceptionDialog
          path={path}
          lifted={ending}
          onClose={() => {
            setEnding(null);
            void refresh();
          }}
        />
      )}
    </>
  );
}

const WIDTH = 340;

/** The dates of one test on a line, with today, and below with the policy row that sets each deadline. */
function Timeline({ test }: { test: Test }) {
  const days = test.dates.map((each) => Date.parse(each.on.slice(0, 10)));
  const today = Date.now();
  const first = Math.min(...days);
  const last = Math.max(...days, first + 86_400_000);
  const at = (day: number): number => 8 + ((day - first) / (last - first)) * (WIDTH - 16);
  const show = test.dates.some((each) => each.past) && test.dates.some((each) => !each.past);
  return (
    <div class="timeline">
      <h3>
        {test.title} {test.which && <span class="quiet">{test.which}</span>}{" "}
        <span class={`tag ${test.state}`}>{words(test.state)}</span>
      </h3>
      {days.length > 1 && (
        <svg viewBox={`0 0 ${WIDTH} 22`} aria-hidden="true">
          <line x1="8" x2={WIDTH - 8} y1="11" y2="11" />
          {show && today > first && today < last && <line class="today" x1={at(today)} x2={at(today)} y1="1" y2="21" />}
          {test.dates.map((each, index) => (
            <circle
              class={`${each.deadline ? "deadline" : ""} ${each.past ? "past" : ""}`}
              cx={at(days[index]!)}
              cy="11"
              r="5"
            />
          ))}
        </svg>
      )}
      <ol>
        {test.dates.map((each) => (
          <li class={`${each.past ? "past" : "ahead"} ${each.deadline ? "deadline" : ""}`}>
            <span class="dot" aria-hidden="true" />
            <span class="name">{each.title}</span> <time dateTime={each.on}>{written(each.on)}</time>
            {each.policy.length > 0 && (
              <span class="rule">
                {each.policy
                  .map((row) => `${row.id} = ${String(row.value)} (since ${written(row.from)}, ${row.source})`)
                  .join("; ")}
              </span>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}

function Summary({ beside }: { beside: Beside }) {
  const { summary, stretches } = beside;
  return (
    <>
      <section>
        <h2>Asked</h2>
        {summary.asked.length === 0 && <p class="empty">Nothing about tests or the account yet.</p>}
        <ol class="asked">
          {summary.asked.map((each) => (
            <li>
              <strong>{each.topic}</strong>
              <br />
              <q>{each.text}</q>
            </li>
          ))}
        </ol>
      </section>
      {summary.task && (
        <p class="notice">
          Open: {summary.task}
          {summary.step && `, waiting at ${words(summary.step).toLowerCase()}`}
        </p>
      )}
      <section>
        <h2>Decided, and why</h2>
        {summary.decided.length === 0 && <p class="empty">No decision was told.</p>}
        {summary.decided.map((each) => (
          <details class="card">
            <summary>
              <Outcome outcome={each.outcome} /> {words(each.rule)} {each.subject.test ?? ""}
            </summary>
            <p>{each.text}</p>
            <div class="why">
              <Markdown text={each.why} />
            </div>
          </details>
        ))}
      </section>
      {stretches.length > 0 && (
        <section>
          <h2>People in charge</h2>
          <ul class="stretches">
            {stretches.map((each) => (
              <li>
                <strong>{each.agent}</strong>{" "}
                <span class="quiet">
                  {moment(each.started_at)}
                  {each.ended_at ? ` to ${moment(each.ended_at)}` : ", now"}
                </span>
                {each.how && (
                  <>
                    <br />
                    {words(each.how)}
                    {each.to && ` to ${each.to}`}
                    {each.outcome && `: ${words(each.outcome).toLowerCase()}`}
                  </>
                )}
                {each.note && (
                  <>
                    <br />
                    <q>{each.note}</q>
                  </>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Knowledge({
  field,
  path,
  open,
  mine,
  onInsert,
}: {
  field: { current: HTMLInputElement | null };
  path: string;
  open: boolean;
  mine: boolean;
  onInsert: (text: string) => void;
}) {
  const [query, setQuery] = useState("");
  const [found, setFound] = useState<Found[]>([]);
  const [macros, setMacros] = useState<Macro[]>([]);
  useEffect(() => {
    if (open)
      void api.get<{ macros: Macro[] }>(`${path}/macros`).then(
        (given) => setMacros(given.macros),
        () => undefined,
      );
  }, [path, open]);
  useEffect(() => {
    const timer = window.setTimeout(() => {
      if (query.trim())
        void api.get<{ results: Found[] }>(`/search?q=${encodeURIComponent(query)}`).then(
          (given) => setFound(given.results),
          () => undefined,
        );
      else setFound([]);
    }, 150);
    return () => window.clearTimeout(timer);
  }, [query]);
  return (
    <>
      <label class="searchbox">
        Search what we know
        <input type="search" ref={field} value={query} onInput={(event) => setQuery(event.currentTarget.value)} />
      </label>
      <p class="hidden" role="status">
        {query ? `${found.length} found` : ""}
      </p>
      {query.trim() !== "" && found.length === 0 && <p class="empty">Nothing we know fits that.</p>}
      <ul class="found">
        {found.map((each) => (
          <li>
            <details>
              <summary>
                <strong>{each.title}</strong>
                <span class="passage">{each.passage.replaceAll("**", "")}</span>
              </summary>
              <Markdown text={each.text} />
            </details>
            <Sources sources={each.sources} />
            {mine && (
              <button type="button" class="link" onClick={() => onInsert(each.text)}>
                Insert<span class="hidden"> {each.title}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
      {query.trim() === "" && (
        <section>
          <h2>Ready-made replies</h2>
          <ul class="macros">
            {macros.map((each) => (
              <li>
                <strong>{each.title}</strong>
                <p>{each.text}</p>
                {each.missing.length > 0 && (
                  <p class="low-hint">
                    Missing here: {each.missing.map((name) => words(name).toLowerCase()).join(", ")}
                  </p>
                )}
                {mine && (
                  <button type="button" class="link" onClick={() => onInsert(each.text)}>
                    Insert<span class="hidden"> {each.title}</span>
                  </button>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
