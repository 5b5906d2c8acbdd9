/** Small parts used everywhere. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { words, written } from "./format";
import type { Decision, PolicyRow, Source } from "./types";

export function Dialog({
  title,
  onClose,
  children,
  wide,
}: {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  wide?: boolean;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    ref.current?.showModal();
    return () => before?.focus?.();
  }, []);
  return (
    <dialog ref={ref} class={wide ? "wide" : ""} aria-labelledby="dialog-title" onClose={onClose} onCancel={onClose}>
      <header>
        <h2 id="dialog-title">{title}</h2>
        <button type="button" class="icon" aria-label="Close" onClick={onClose}>
          ✕
        </button>
      </header>
      <div class="body">{children}</div>
    </dialog>
  );
}

const OUTCOMES: Record<string, string> = {
  allowed: "Allowed",
  refused: "Refused",
  needs_person: "Needs a person",
  cannot_tell: "Cannot tell",
};

export function Outcome({ outcome }: { outcome: string }) {
  const mark = ["allowed", "current", "held"].includes(outcome)
    ? "✓"
    : ["refused", "expired", "not_held"].includes(outcome)
      ? "✕"
      : "?";
  return (
    <span class={`outcome ${outcome}`}>
      <span aria-hidden="true">{mark}</span> {OUTCOMES[outcome] ?? words(outcome)}
    </span>
  );
}

export function Sources({ sources }: { sources: Source[] }) {
  if (!sources.length) return null;
  return (
    <p class="sources">
      {sources.map((source) => (
        <span>
          {source.title} <span class="quiet">({written(source.as_of)})</span>
        </span>
      ))}
    </p>
  );
}

export function Policy({ rows }: { rows: PolicyRow[] }) {
  if (!rows.length) return null;
  return (
    <ul class="policy">
      {rows.map((row) => (
        <li>
          <code>{row.id}</code> = {String(row.value)}{" "}
          <span class="quiet">
            since {written(row.from)}, {row.source}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The decision behind a text: outcome, reasons, the policy rows. */
export function Card({ decision }: { decision: Decision }) {
  const rows = decision.reasons.flatMap((reason) => reason.policy);
  return (
    <details class="card">
      <summary>
        <Outcome outcome={decision.outcome} /> {words(decision.rule)}{" "}
        {decision.subject.test ?? decision.subject.series ?? ""}
      </summary>
      <p class="quiet">{decision.reasons.map((reason) => words(reason.code)).join("; ")}</p>
      <Policy rows={rows} />
    </details>
  );
}

export function ErrorText({ text }: { text: string | null }) {
  return (
    <p class="error" role="alert">
      {text}
    </p>
  );
}
