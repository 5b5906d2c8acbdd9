/** The messages of the conversation, complete and in the order of their numbers. */
import type { Message } from "./types";

export class Received {
  messages: Message[] = [];

  /** The number of the newest message, 0 before the first. */
  get seen(): number {
    return this.messages[this.messages.length - 1]?.seq ?? 0;
  }

  /**
   * Add messages and return the new ones. Null where messages before them are missing: then nothing is added, and what
   * is missing has to be fetched. A replay has everything that there is after `seen`, so nothing can be missing from it.
   */
  add(messages: Message[], replay: boolean): Message[] | null {
    const { seen } = this;
    const fresh = messages.filter((message) => message.seq > seen);
    if (!replay && fresh[0] && fresh[0].seq !== seen + 1) return null;
    this.messages = [...this.messages, ...fresh];
    return fresh;
  }

  clear(): void {
    this.messages = [];
  }
}
