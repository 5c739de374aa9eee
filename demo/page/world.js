// What the page knows about the workspace right now, as the person it is looking through sees it.

const state = {
  me: { id: "", name: "", real_name: "", tz: "UTC" },
  users: new Map(),
  channels: new Map(),
  dms: [],
  commands: [],
  shortcuts: [],
  bot: { connected: false, mode: "none", user_id: "" },
  hooks: [],
  clockNow: Date.now() / 1000,
  clockReadAt: performance.now(),
};

export const world = state;

/** Take over a `/demo/state` answer. */
export function learn(answer) {
  state.me = answer.me;
  state.users = new Map(answer.users.map((user) => [user.id, user]));
  state.channels = new Map(answer.channels.map((channel) => [channel.id, channel]));
  state.dms = answer.dms ?? [];
  state.commands = answer.commands ?? [];
  state.shortcuts = answer.shortcuts ?? [];
  state.bot = answer.bot ?? state.bot;
  state.hooks = answer.hooks ?? [];
  if (answer.clock) setClock(answer.clock.now);
}

/** The workspace's clock: `seconds` since 1970. It goes on from here at the pace of this machine. */
export function setClock(seconds) {
  state.clockNow = seconds;
  state.clockReadAt = performance.now();
}

export function now() {
  return state.clockNow + (performance.now() - state.clockReadAt) / 1000;
}

export function zone() {
  return state.me.tz || "UTC";
}

export function userName(id) {
  const user = state.users.get(id);
  return user ? user.real_name || user.name : id;
}

export function channelName(id) {
  const channel = state.channels.get(id);
  return channel ? channel.name : id;
}

/** The DM with the bot, where its App Home lives. */
export function botDm() {
  return state.dms[0] ?? null;
}

export function isDm(id) {
  return state.dms.some((dm) => dm.id === id);
}
