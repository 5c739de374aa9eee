// Links to a message of this workspace lead to it here, as Slack's own client does, instead of out to the web.

const PERMALINK =
  /^https:\/\/(?:[\w-]+\.)?slack\.(?:com|example)\/archives\/([CDG]\w+)\/p(\d{10})(\d{6})(?:\?thread_ts=([\d.]+))?/;

/** {channel, ts, thread} of a permalink, or null. */
export function readPermalink(url) {
  const match = PERMALINK.exec(url ?? "");
  return match && { channel: match[1], ts: `${match[2]}.${match[3]}`, thread: match[4] ?? null };
}

/** Follow permalinks inside the page; the app behind a link button is told all the same. */
export function followPermalinks(app) {
  document.addEventListener(
    "click",
    (event) => {
      const found = readPermalink(event.target.closest?.("a[href]")?.href);
      if (!found) return;
      event.preventDefault();
      app.showMessage(found);
    },
    true,
  );
}

/** Bring a message into view and mark it for a moment; says whether it is there. */
export function reveal(ts) {
  const node = document.querySelector(`article[data-ts="${CSS.escape(ts)}"]`);
  if (!node) return false;
  node.scrollIntoView({ block: "center" });
  node.classList.add("msg-found");
  node.tabIndex = -1;
  node.focus({ preventScroll: true });
  setTimeout(() => node.classList.remove("msg-found"), 2500);
  return true;
}
