/** Which of our own turns a message of the conversation is the stored copy of. */
import type { Pending } from "./outbox";
import type { Message } from "./types";

/**
 * The turn of this tab that a message is the stored copy of. A message that names its id is found by that alone. Older
 * services name none; then, in a replay, it is the turn on its way, if it says the same or is a choice.
 */
export function findEcho(turns: readonly Pending[], message: Message, replay: boolean): Pending | undefined {
  if (message.author !== "candidate") return undefined;
  if (message.client_message_id) return turns.find((one) => one.id === message.client_message_id);
  if (!replay) return undefined;
  const underway = turns.find((one) => one.status === "sent" && !one.echoed);
  const same = underway && ("choice" in underway.turn || underway.label.trim() === message.text.trim());
  return same ? underway : undefined;
}
