// Slack's select menus, single and multiple, each as a source of options for one combobox.

import { combobox } from "./combobox.js";
import { decide, keyOf } from "./decide.js";
import { plain } from "./mrkdwn.js";
import { world } from "./world.js";

function fromOption(option) {
  return {
    key: option.value,
    label: plain(option.text),
    note: option.description ? plain(option.description) : null,
    raw: option,
  };
}

function matching(groups, query) {
  const wanted = query.toLocaleLowerCase();
  return groups.map((group) => ({
    ...group,
    options: group.options.filter((option) => option.label.toLocaleLowerCase().includes(wanted)),
  }));
}

function groupsOf(answer) {
  if (answer.option_groups)
    return answer.option_groups.map((group) => ({ label: plain(group.label), options: group.options.map(fromOption) }));
  return [{ label: null, options: (answer.options ?? []).map(fromOption) }];
}

function fromUser(user) {
  return { key: user.id, label: user.real_name || user.name, note: user.title, raw: user.id };
}

function fromConversation(place) {
  return {
    key: place.id,
    label: place.user ? place.user.real_name : `#${place.name}`,
    note: place.is_private ? "private" : null,
    raw: place.id,
  };
}

function people() {
  return [...world.users.values()].filter((user) => !user.deleted).map(fromUser);
}

function channels({ includePrivate = true } = {}) {
  return [...world.channels.values()].filter((place) => includePrivate || !place.is_private).map(fromConversation);
}

function conversations(element) {
  const kinds = element.filter?.include;
  const places = [...world.channels.values()].filter(
    (place) => !kinds || kinds.includes(place.is_private ? "private" : "public"),
  );
  const dms = (!kinds || kinds.includes("im")) && !element.filter?.exclude_bot_users ? world.dms : [];
  return [...places, ...dms].map(fromConversation);
}

const ids = (list) => (ids_) => list().filter((option) => ids_.includes(option.key));
const localSource = (list) => async (query) => matching([{ label: null, options: list() }], query);

// kind → how its state names the choice, where options come from, which ones stand there at first
const KINDS = {
  static: {
    one: "selected_option",
    many: "selected_options",
    initialOne: "initial_option",
    initialMany: "initial_options",
    options: true,
    source: (ctx, block, element) => async (query) => matching(groupsOf(element), query),
  },
  external: {
    one: "selected_option",
    many: "selected_options",
    initialOne: "initial_option",
    initialMany: "initial_options",
    options: true,
    source: (ctx, block, element) => async (query) => groupsOf(await ctx.suggest(block, element, query)),
  },
  users: {
    one: "selected_user",
    many: "selected_users",
    initialOne: "initial_user",
    initialMany: "initial_users",
    source: () => localSource(people),
    lookup: ids(people),
  },
  channels: {
    one: "selected_channel",
    many: "selected_channels",
    initialOne: "initial_channel",
    initialMany: "initial_channels",
    source: () => localSource(() => channels({ includePrivate: false })),
    lookup: ids(channels),
  },
  conversations: {
    one: "selected_conversation",
    many: "selected_conversations",
    initialOne: "initial_conversation",
    initialMany: "initial_conversations",
    source: (ctx, block, element) => localSource(() => conversations(element)),
    lookup: ids(() => conversations({})),
  },
};

function initialState(element, kind, multiple, ctx) {
  const name = multiple ? kind.many : kind.one;
  let value = element[multiple ? kind.initialMany : kind.initialOne] ?? (multiple ? [] : null);
  if (kind === KINDS.conversations && element.default_to_current_conversation && ctx.where.channel && !value?.length) {
    value = multiple ? [ctx.where.channel] : ctx.where.channel;
  }
  return { type: element.type, [name]: value };
}

function chosenFrom(state, kind, multiple) {
  const value = state[multiple ? kind.many : kind.one];
  const list = multiple ? (value ?? []) : [value].filter((item) => item !== null && item !== undefined);
  return kind.options ? list.map(fromOption) : kind.lookup(list);
}

function select(element, block, ctx, aria) {
  const [, multi, name] = /^(multi_)?(\w+)_select$/.exec(element.type);
  const kind = KINDS[name];
  const multiple = Boolean(multi);
  const placeholder = element.placeholder ? plain(element.placeholder) : multiple ? "Choose some" : "Choose one";
  const state = ctx.form.enter(block, element, initialState(element, kind, multiple, ctx));
  const minQuery = name === "external" ? (element.min_query_length ?? 3) : 0;
  const { root } = combobox({
    id: aria.id,
    dataKey: keyOf(block, element),
    placeholder,
    multiple,
    minQuery,
    aria: aria.labelled ? aria.attributes : { ...aria.attributes, "aria-label": placeholder },
    clearable: block.type === "input" && block.optional,
    max: element.max_selected_items ?? Infinity,
    chosen: chosenFrom(state, kind, multiple),
    load: kind.source(ctx, block, element),
    change: (options) => {
      const values = options.map((option) => option.raw);
      return decide(
        ctx,
        block,
        element,
        { type: element.type, [multiple ? kind.many : kind.one]: multiple ? values : (values[0] ?? null) },
        { node: root },
      );
    },
  });
  return root;
}

export const SELECTS = Object.fromEntries(
  Object.keys(KINDS).flatMap((name) => [
    [`${name}_select`, select],
    [`multi_${name}_select`, select],
  ]),
);
