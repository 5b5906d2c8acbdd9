/** The conversation as plain text, to take along. */
import type { Words } from "./i18n";
import type { Message } from "./types";
import { plain } from "./ui/markdown";

export function transcript(messages: Message[], words: Words): string {
  const lines = messages.map((message) => {
    const sources = message.sources.map(
      (source) =>
        `  ${words.t("transcript.source")}: ${source.title}${source.as_of ? `, ${words.t("source.as_of", { day: words.day(source.as_of, "short") })}` : ""}`,
    );
    return [
      `[${words.here(message.at)}] ${words.t(`author.${message.author}`)}: ${plain(message.text)}`,
      ...sources,
    ].join("\n");
  });
  const day = messages[0] ? `, ${words.day(messages[0].at)}` : "";
  return [`${words.t("transcript.title")}${day}`, ...lines].join("\n\n") + "\n";
}
