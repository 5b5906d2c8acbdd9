/** The first thing a person sees who is signed in: what comes next, and until when. */
import type { Home, Message } from "../types";
import { useHere } from "./context";
import { Icon } from "./icons";

export function Welcome({ home, message }: { home: Home; message: Message }) {
  const { words } = useHere();
  const { appointment, deadline } = home;
  const now = message.at;
  return (
    <div class="welcome">
      <p class="hello">{home.name ? words.t("home.hello", { name: home.name }) : words.t("home.hello.nobody")}</p>
      {appointment && (
        <section class="card next" aria-label={words.t("home.next")}>
          <p class="aside">
            <Icon name="calendar" size={16} /> {words.t("home.next")}
          </p>
          <h3>{words.test(appointment.test)}</h3>
          <p class="key-date">
            <strong>
              <time dateTime={appointment.at}>{words.moment(appointment.at, now)}</time>
            </strong>
            <span class="aside">{appointment.place}</span>
          </p>
          <p class="aside">
            {appointment.change_by ? (
              <>
                {words.t("value.change_by")}{" "}
                <time dateTime={appointment.change_by}>{words.moment(appointment.change_by, now)}</time>
              </>
            ) : (
              words.t("home.closed")
            )}
          </p>
        </section>
      )}
      {deadline && (
        <section class="card next" aria-label={words.t("home.deadline")}>
          <p class="aside">
            <Icon name="clock" size={16} /> {words.t("home.deadline")}
          </p>
          <h3>{words.test(deadline.test)}</h3>
          <p class="key-date">
            <span>{words.t("home.by")}</span>{" "}
            <strong>
              <time dateTime={deadline.by}>{words.moment(deadline.by, now)}</time>
            </strong>
            <span class="aside">{words.t("left", { n: deadline.days })}</span>
          </p>
        </section>
      )}
      <p class="asks">{words.t("home.ask")}</p>
    </div>
  );
}
