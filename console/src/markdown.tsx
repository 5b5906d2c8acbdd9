/** The markdown subset of answers: paragraphs, lists, **bold**, links to the few addresses there are. Never HTML. */
import type { ComponentChildren } from "preact";

function inline(text: string): ComponentChildren[] {
  return text.split(/(\*\*[^*]+\*\*|\[[^\]]+\]\(https?:[^)\s]+\))/g).map((part) => {
    if (part.startsWith("**") && part.endsWith("**") && part.length > 4) return <strong>{part.slice(2, -2)}</strong>;
    const link = /^\[([^\]]+)\]\((https?:[^)\s]+)\)$/.exec(part);
    return link ? (
      <a href={link[2]} target="_blank" rel="noopener noreferrer">
        {link[1]}
      </a>
    ) : (
      part
    );
  });
}

export function Markdown({ text }: { text: string }) {
  return (
    <>
      {text.split(/\n{2,}/).map((block) => {
        const lines = block.split("\n");
        if (lines.every((line) => line.startsWith("- "))) {
          return (
            <ul>
              {lines.map((line) => (
                <li>{inline(line.slice(2))}</li>
              ))}
            </ul>
          );
        }
        return (
          <p>
            {lines.flatMap((line, at) =>
              at ? [<br />, ...inline(line.replace(/^- /, "• "))] : inline(line.replace(/^- /, "• ")),
            )}
          </p>
        );
      })}
    </>
  );
}
