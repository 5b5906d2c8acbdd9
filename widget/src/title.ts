/** The number of new messages in front of the page's title, as long as there are any. */

const MARK = /^\(\d+\) /;

export class TitleBadge {
  constructor(private readonly wanted: boolean) {}

  show(count: number): void {
    if (!this.wanted) return;
    const bare = document.title.replace(MARK, "");
    const title = count > 0 ? `(${count}) ${bare}` : bare;
    if (document.title !== title && (count > 0 || this.shown)) document.title = title;
    this.shown = count > 0;
  }

  private shown = false;
}
