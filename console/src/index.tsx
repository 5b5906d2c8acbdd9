/** The agents' console. */
import { render } from "preact";
import { App } from "./app";

render(<App />, document.getElementById("console") as HTMLElement);
