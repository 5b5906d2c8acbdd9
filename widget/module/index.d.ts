export type Theme = "light" | "dark" | "auto";

export interface Options {
  /** Origin of the assistant, like https://assistant.example.org. */
  server: string;
  /** Address on your own server that answers a POST with {"candidate_token": "…"}, or 204. */
  tokenUrl?: string;
  position?: "bottom-right" | "bottom-left" | "top-right" | "top-left";
  theme?: Theme;
  locale?: string;
  dir?: "ltr" | "rtl";
  title?: string;
  open?: boolean;
  /** Whether new messages are counted in the page's title. */
  badge?: boolean;
  transport?: "auto" | "http";
}

export interface Assistant {
  mount(options?: Partial<Options>): void;
  destroy(): void;
  open(): void;
  close(): void;
  toggle(): void;
  ask(text: string): void;
  signIn(token: string | (() => Promise<string | null>)): Promise<void>;
  signOut(): Promise<void>;
  startAfresh(): Promise<void>;
  setTheme(theme: Theme): void;
}

export function loadAssistant(options: Options): Promise<Assistant>;

declare global {
  interface Window {
    AseAssistant?: Assistant;
  }
  interface WindowEventMap {
    "ase-assistant:ready": CustomEvent<void>;
    "ase-assistant:open": CustomEvent<void>;
    "ase-assistant:close": CustomEvent<void>;
    "ase-assistant:message": CustomEvent<{ author: "assistant" | "agent"; text: string }>;
    "ase-assistant:unread": CustomEvent<{ count: number }>;
    "ase-assistant:signed-in": CustomEvent<void>;
    "ase-assistant:signed-out": CustomEvent<void>;
  }
}
