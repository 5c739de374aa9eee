// The page's own JSON API and its live line, as the workspace server serves them under /demo.

const AWAY = "The workspace doesn't answer. Is ./dev demo still running?";

/** What went wrong, in words for a person; `code` is Slack's word for it. */
export class DemoError extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

async function request(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: body ? { "content-type": "application/json" } : {},
      body: body ? JSON.stringify(body) : undefined,
    });
  } catch {
    throw new DemoError(AWAY, "unreachable");
  }
  let answer;
  try {
    answer = await response.json();
  } catch {
    throw new DemoError(`The workspace answered ${response.status} without an explanation.`, "not_json");
  }
  if (!response.ok || answer.ok === false)
    throw new DemoError(
      answer.message ?? answer.error ?? `The workspace answered ${response.status}.`,
      answer.error ?? "failed",
    );
  return answer;
}

function query(parts) {
  return new URLSearchParams(Object.entries(parts).filter(([, value]) => value)).toString();
}

export const api = {
  state: (as) => request("GET", `/demo/state?${query({ as })}`),
  messages: (as, channel, thread) => request("GET", `/demo/messages?${query({ as, channel, thread })}`),
  home: (as, open) => request("GET", `/demo/home?${query({ as, open: open ? "1" : "" })}`),
  views: (as) => request("GET", `/demo/views?${query({ as })}`),
  act: (body) => request("POST", "/demo/act", body),
  answer: (body) => request("POST", "/demo/answer", body),
  moveClock: (seconds) => request("POST", "/demo/clock", { add_seconds: seconds }),
};

/** The live line: `heard(event)` for each push, `status(connected)` when it comes and goes. It reconnects by itself. */
export function live(as, heard, status) {
  let socket = null;
  let closed = false;
  let pause = 300;
  const connect = () => {
    socket = new WebSocket(
      `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/demo/live?${query({ as })}`,
    );
    socket.addEventListener("open", () => {
      pause = 300;
      status(true);
    });
    socket.addEventListener("message", (event) => heard(JSON.parse(event.data)));
    socket.addEventListener("close", () => {
      if (closed) return;
      status(false);
      setTimeout(() => !closed && connect(), pause);
      pause = Math.min(pause * 2, 5000);
    });
  };
  connect();
  return () => {
    closed = true;
    socket.close();
  };
}

/** Run `work` at most once at a time; calls that come meanwhile lead to exactly one more run. */
export function coalesce(work) {
  let running = null;
  let again = false;
  const run = async () => {
    do {
      again = false;
      await work();
    } while (again);
  };
  return () => {
    if (running) {
      again = true;
      return running;
    }
    running = run().finally(() => {
      running = null;
    });
    return running;
  };
}
