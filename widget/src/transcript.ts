/** The conversation as plain text, to take along: who said what on which day, with what was decided and on what grounds. */
import type { Chat } from "./chat";
import { localDay, type Words } from "./i18n";
import type { Decision, Message } from "./types";
import { keyDate, outcomeLabel } from "./ui/facts";
import { plain } from "./ui/markdown";

export function transcript(chat: Chat, words: Words): string {
  const { messages } = chat;
  const head = [
    words.t("transcript.title"),
    messages.find((one) => one.home?.name)?.home?.name ?? "",
    `${words.t("transcript.number")}: ${chat.id}`,
    words.t("transcript.zone", { zone: Intl.DateTimeFormat().resolvedOptions().timeZone }),
  ].filter(Boolean);
  const lines: string[] = [];
  let day = "";
  for (const message of messages) {
    const today = localDay(message.at);
    if (today !== day) lines.push(`--- ${words.day(today)} ---`);
    day = today;
    lines.push(said(message, words));
  }
  return [head.join("\n"), ...lines].join("\n\n") + "\n";
}

function said(message: Message, words: Words): string {
  const offered = message.choices.map((one) => one.title).join("; ");
  return [
    `[${words.here(message.at)}] ${words.t(`author.${message.author}`)}: ${plain(message.text)}`,
    ...message.decisions.map((one) => `  ${decided(one, message.at, words)}`),
    ...(offered ? [`  ${words.t("choices")}: ${offered}`] : []),
    ...message.sources.map(
      (source) =>
        `  ${words.t("transcript.source")}: ${source.title}${source.as_of ? `, ${words.t("source.as_of", { day: words.day(source.as_of, "short") })}` : ""}`,
    ),
  ].join("\n");
}

function decided(decision: Decision, now: string, words: Words): string {
  const date = keyDate(words, decision, now, "");
  const about = decision.subject.test ? `${words.test(decision.subject.test)}: ` : "";
  const what = `${words.label("rule", decision.rule)}: ${outcomeLabel(words, decision)}. ${words.label("reason", decision.reasons[0]!.code)}`;
  return `${about}${what}${date ? `. ${date.label}: ${date.when}` : ""}`;
}
