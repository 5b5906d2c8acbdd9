/** Messages and turns for the tests, with as little said about each as it needs. */
import type { Line } from "../src/outbox";
import type { Author, Message, TurnBody } from "../src/types";

export function message(seq: number, author: Author, text: string, clientMessageId?: string): Message {
  const made: Message = { seq, author, at: "2026-03-10T09:00:00Z", text, choices: [], sources: [], decisions: [] };
  return clientMessageId ? { ...made, client_message_id: clientMessageId } : made;
}

/** A line that writes down what is sent over it. */
export class FakeLine implements Line {
  open = true;
  woken = 0;
  readonly sent: { id: string; turn: TurnBody }[] = [];

  send(id: string, turn: TurnBody): void {
    this.sent.push({ id, turn });
  }

  wake(): void {
    this.woken += 1;
  }

  get texts(): string[] {
    return this.sent.map(({ turn }) => ("text" in turn ? turn.text : JSON.stringify(turn)));
  }
}
