// Ties the page together: where we are (in the address), what to fetch, what to draw.

import { api, coalesce, live } from "./api.js";
import { openAnswer } from "./answer.js";
import { channelFoot, channelHead, emptyChannel, lockedOut } from "./channel.js";
import { drawClock } from "./clock.js";
import { composer } from "./composer.js";
import { el, keepingFocus } from "./dom.js";
import { appHead, HomeTab } from "./home.js";
import { dismissForGood, emptyPlace, MessageList } from "./messages.js";
import { Modals } from "./modal.js";
import { drawPersonSwitch } from "./people.js";
import { followPermalinks, reveal } from "./permalinks.js";
import { drawSidebar } from "./sidebar.js";
import { ThreadPane } from "./thread.js";
import { toast } from "./toast.js";
import { tour } from "./tour.js";
import { botDm, channelName, isDm, learn, setClock, world } from "./world.js";

const FIRST_PERSON = "U0PRIYA";
const FIRST_PLACE = "C0RELATIONAL";
const byId = (id) => document.getElementById(id);

const scroll = el("div", { class: "messages", role: "log", "aria-live": "polite", tabindex: "0", id: "messages" });
const homeRoot = el("div", { class: "messages home-scroll", tabindex: "0" });
let hangUp = null;
let updateClock = null;
let drawn = "";
let lineDown = false;
let sought = null;

const app = {
  view: { as: FIRST_PERSON, at: FIRST_PLACE, tab: "home", thread: null },
  refresh: {},

  /** Go somewhere; what isn't named stays. */
  go(change) {
    byId("app").classList.remove("sidebar-open");
    location.hash = addressOf({ ...app.view, ...change });
  },
  become(id) {
    app.go({ as: id, thread: null });
  },
  openThread(ts) {
    app.go({ thread: ts });
  },
  closeThread() {
    app.go({ thread: null });
    byId("composer-main")?.focus();
  },
  /** Go to a message and mark it, once its list is here. */
  showMessage({ channel, ts, thread: root }) {
    sought = ts;
    app.go({ at: channel, tab: "messages", thread: root });
    app.refresh.messages();
  },
  dismiss(ts) {
    dismissForGood(ts);
    app.refresh.messages();
    app.refresh.thread();
  },
  clockMoved() {
    app.refresh.messages();
  },

  /** Tell the server what the person did. Answers null after a failure, which was shown. */
  async act(body, { failed = (problem) => toast(problem.message, { error: true }) } = {}) {
    try {
      return await api.act({ as: app.view.as, ...body });
    } catch (problem) {
      failed(problem);
      return null;
    }
  },
  suggest: (body) => api.act({ as: app.view.as, kind: "options", ...body }),
};

const list = new MessageList(app, scroll);
const home = new HomeTab(app, homeRoot);
const thread = new ThreadPane(app, byId("thread"));
const modals = new Modals(app);

function addressOf(view) {
  return `#${new URLSearchParams(Object.entries(view).filter(([, value]) => value))}`;
}

function readAddress() {
  const asked = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  const before = app.view;
  app.view = {
    as: asked.as ?? before.as,
    at: asked.at ?? before.at,
    tab: asked.tab ?? before.tab,
    thread: asked.thread ?? null,
  };
  return before;
}

function titleOf() {
  if (isDm(app.view.at)) return "winback";
  return world.channels.has(app.view.at) ? `#${channelName(app.view.at)}` : "Workspace";
}

function drawMain() {
  const { at, as, tab } = app.view;
  const channel = world.channels.get(at);
  const dm = isDm(at) ? botDm() : null;
  const main = byId("main");
  const key = JSON.stringify([
    at,
    as,
    dm ? tab : "",
    channel?.is_member,
    channel?.is_archived,
    channel?.bot_joined,
    dm?.unread,
    channel?.topic,
  ]);
  document.title = `${titleOf()} · winback demo`;
  if (key === drawn) return;
  const [before, beforeAs, beforeTab] = drawn ? JSON.parse(drawn) : [];
  drawn = key;
  if (before !== at || beforeAs !== as || (dm && beforeTab !== tab)) {
    list.reset();
    home.reset();
  }
  main.setAttribute("aria-label", titleOf());
  scroll.setAttribute("aria-label", `Messages in ${titleOf()}`);
  keepingFocus(main, () => {
    if (dm) drawDm(main, dm, tab);
    else if (channel) main.replaceChildren(channelHead(app, channel), scroll, channelFoot(app, channel));
    else main.replaceChildren(lockedOut());
  });
  if (
    !matchMedia("(pointer: coarse)").matches &&
    !app.view.thread &&
    byId("app").inert === false &&
    !document.querySelector(".tour")
  )
    byId("composer-main")?.focus();
}

function drawDm(main, dm, tab) {
  const panel = el(
    "div",
    { class: "panel", role: "tabpanel", id: "main-panel", "aria-labelledby": `tab-${tab}` },
    tab === "home"
      ? homeRoot
      : [scroll, composer(app, { channel: dm.id, label: "Message winback", id: "composer-main" })],
  );
  main.replaceChildren(appHead(app, dm), panel);
}

function drawFrame() {
  keepingFocus(byId("sidebar"), () => drawSidebar(app, byId("sidebar")));
  if (byId("people").dataset.me !== world.me.id) {
    byId("people").dataset.me = world.me.id;
    drawPersonSwitch(app, byId("people"));
  }
  updateClock?.();
  drawMain();
  thread.open(app.view.at, app.view.thread);
}

function showLine(connected) {
  if (connected && lineDown) app.refresh.all();
  lineDown = !connected;
  byId("offline").hidden = connected;
}

/** Fetch, and drop the answer when the person has moved on meanwhile. */
function fetching(ask, use) {
  return coalesce(async () => {
    const { as, at, tab, thread: ts } = app.view;
    const asked = ask({ as, at, tab, ts });
    if (!asked) return;
    try {
      const answer = await asked;
      const here = app.view;
      if (here.as === as && here.at === at && here.tab === tab && here.thread === ts) use(answer, { as, at, ts });
    } catch (problem) {
      if (problem.code === "unreachable") showLine(false);
      else toast(problem.message, { error: true });
    }
  });
}

const readable = (at) => isDm(at) || world.channels.has(at);
const emptyFor = (at) =>
  world.channels.has(at)
    ? emptyChannel(world.channels.get(at))
    : emptyPlace("No messages yet", "winback writes here when something needs you.");

app.refresh.state = fetching(
  ({ as }) => api.state(as),
  (answer) => {
    learn(answer);
    drawFrame();
  },
);
app.refresh.messages = fetching(
  ({ as, at, tab }) => readable(at) && !(isDm(at) && tab === "home") && api.messages(as, at),
  (answer, { at }) => {
    list.show(at, answer.messages, emptyFor(at));
    if (sought && reveal(sought)) sought = null;
  },
);
app.refresh.thread = fetching(
  ({ as, at, ts }) => ts && readable(at) && api.messages(as, at, ts),
  (answer, { at }) => thread.show(at, answer.messages),
);
app.refresh.home = fetching(
  ({ as, at, tab }) => isDm(at) && tab === "home" && api.home(as, false),
  (answer) => home.show(answer.view),
);
app.refresh.views = fetching(
  ({ as }) => api.views(as),
  (answer) => modals.show(answer.stack),
);
const openHome = fetching(
  ({ as, at, tab }) => isDm(at) && tab === "home" && api.home(as, true),
  (answer) => home.show(answer.view),
);

app.refresh.all = async () => {
  await app.refresh.state();
  await Promise.all([app.refresh.messages(), app.refresh.thread(), app.refresh.views(), openHome()]);
};

function heard(event) {
  if (event.topic === "messages") {
    app.refresh.state();
    if (event.channel === app.view.at) {
      app.refresh.messages();
      if (app.view.thread) app.refresh.thread();
    }
  } else if (event.topic === "clock") {
    setClock(event.now);
    updateClock?.();
    app.refresh.messages();
  } else if (event.topic === "error") {
    toast(event.message, { error: true });
  } else {
    app.refresh[event.topic]?.();
  }
}

function connect() {
  hangUp?.();
  hangUp = live(app.view.as, heard, showLine);
}

window.addEventListener("hashchange", async () => {
  const before = readAddress();
  if (before.as !== app.view.as) {
    thread.redraw();
    modals.show([]);
    connect();
    await app.refresh.state();
  }
  drawFrame();
  await Promise.all([app.refresh.messages(), app.refresh.thread(), app.refresh.views(), openHome()]);
  app.refresh.state();
});

readAddress();
byId("send-answer").addEventListener("click", () => openAnswer(app));
// The first place gets an address too, so that the way back leads to it.
history.replaceState(null, "", addressOf(app.view));
byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  (byId("composer-main") ?? byId("messages") ?? byId("main")).focus();
});
followPermalinks(app);
byId("help").addEventListener("click", () => tour({ again: true }));
byId("menu").addEventListener("click", () => byId("app").classList.toggle("sidebar-open"));
updateClock = drawClock(app, byId("clock"));
connect();
app.refresh.all().then(() => {
  document.body.dataset.ready = "true";
  tour();
});
