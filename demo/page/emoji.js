// The emoji people use at work, by Slack's names; those that carry a state are drawn, so that they look the same everywhere.

import { el, svg } from "./dom.js";

const NAMES = {
  red_circle: "🔴",
  large_orange_circle: "🟠",
  large_yellow_circle: "🟡",
  large_green_circle: "🟢",
  large_blue_circle: "🔵",
  large_purple_circle: "🟣",
  white_circle: "⚪",
  black_circle: "⚫",
  white_check_mark: "✅",
  heavy_check_mark: "✔️",
  x: "❌",
  warning: "⚠️",
  rotating_light: "🚨",
  bell: "🔔",
  no_bell: "🔕",
  hourglass: "⌛",
  hourglass_flowing_sand: "⏳",
  alarm_clock: "⏰",
  stopwatch: "⏱️",
  calendar: "📅",
  date: "📅",
  spiral_calendar_pad: "🗓️",
  phone: "☎️",
  telephone_receiver: "📞",
  email: "📧",
  envelope: "✉️",
  speech_balloon: "💬",
  eyes: "👀",
  lock: "🔒",
  unlock: "🔓",
  key: "🔑",
  link: "🔗",
  pushpin: "📌",
  memo: "📝",
  pencil: "📝",
  pencil2: "✏️",
  clipboard: "📋",
  chart_with_upwards_trend: "📈",
  chart_with_downwards_trend: "📉",
  bar_chart: "📊",
  moneybag: "💰",
  dollar: "💵",
  tada: "🎉",
  rocket: "🚀",
  fire: "🔥",
  star: "⭐",
  sparkles: "✨",
  heart: "❤️",
  broken_heart: "💔",
  thumbsup: "👍",
  "+1": "👍",
  thumbsdown: "👎",
  "-1": "👎",
  wave: "👋",
  pray: "🙏",
  clap: "👏",
  muscle: "💪",
  raised_hands: "🙌",
  ok_hand: "👌",
  point_right: "👉",
  point_left: "👈",
  handshake: "🤝",
  smile: "😄",
  slightly_smiling_face: "🙂",
  neutral_face: "😐",
  slightly_frowning_face: "🙁",
  disappointed: "😞",
  cry: "😢",
  sob: "😭",
  rage: "😡",
  angry: "😠",
  thinking_face: "🤔",
  joy: "😂",
  sweat_smile: "😅",
  innocent: "😇",
  sleeping: "😴",
  zzz: "💤",
  palm_tree: "🌴",
  bust_in_silhouette: "👤",
  busts_in_silhouette: "👥",
  office: "🏢",
  package: "📦",
  bulb: "💡",
  hammer_and_wrench: "🛠️",
  gear: "⚙️",
  mag: "🔍",
  repeat: "🔁",
  arrows_counterclockwise: "🔄",
  arrow_right: "➡️",
  arrow_left: "⬅️",
  arrow_up: "⬆️",
  arrow_down: "⬇️",
  arrow_upper_right: "↗️",
  arrow_lower_right: "↘️",
  double_vertical_bar: "⏸️",
  black_square_for_stop: "⏹️",
  no_entry: "⛔",
  no_entry_sign: "🚫",
  exclamation: "❗",
  question: "❓",
  information_source: "ℹ️",
  heavy_plus_sign: "➕",
  heavy_minus_sign: "➖",
  small_red_triangle: "🔺",
  small_red_triangle_down: "🔻",
  trophy: "🏆",
  dart: "🎯",
  seedling: "🌱",
  sos: "🆘",
  inbox_tray: "📥",
  outbox_tray: "📤",
  wastebasket: "🗑️",
  trash: "🗑️",
};

const disc =
  (fill, stroke = fill) =>
  () => [svg("circle", { cx: 10, cy: 10, r: 8, fill, stroke, "stroke-width": 1 })];
const stroke = (d, colour, width = 2.4) =>
  svg("path", {
    d,
    fill: "none",
    stroke: colour,
    "stroke-width": width,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
  });
const DRAWN = {
  "🔴": disc("#d92d3f"),
  "🟠": disc("#e8762c"),
  "🟡": disc("#e5ae13"),
  "🟢": disc("#25935a"),
  "🔵": disc("#2b6fd6"),
  "🟣": disc("#8250c4"),
  "⚪": disc("#f4f5f6", "#9aa3ad"),
  "⚫": disc("#4b5560"),
  "✅": () => [
    svg("rect", { x: 2, y: 2, width: 16, height: 16, rx: 4, fill: "#25935a" }),
    stroke("M6 10.4l2.8 2.8L14.2 7", "#fff"),
  ],
  "✔": () => [stroke("M4 10.8l4 4L16.4 5.4", "#25935a", 2.8)],
  "❌": () => [stroke("M4.5 4.5l11 11M15.5 4.5l-11 11", "#d92d3f", 3)],
  "⚠": () => [
    svg("path", {
      d: "M10 2.2L18.6 17H1.4z",
      fill: "#e5ae13",
      "stroke-linejoin": "round",
      stroke: "#e5ae13",
      "stroke-width": 1.6,
    }),
    stroke("M10 7.6v4.2M10 14.4v.1", "#3b2f00", 2),
  ],
  "🚨": () => [
    svg("path", { d: "M4.5 15V10a5.5 5.5 0 0 1 11 0v5z", fill: "#d92d3f" }),
    svg("rect", { x: 3, y: 15, width: 14, height: 3, rx: 1, fill: "#4b5560" }),
    stroke("M10 1v1.6M3.2 4l1.2 1.1M16.8 4l-1.2 1.1", "#d92d3f", 1.6),
  ],
  "🔔": () => [
    svg("path", { d: "M10 2a5 5 0 0 0-5 5v4l-2 3.4h14L15 11V7a5 5 0 0 0-5-5z", fill: "#e5ae13" }),
    svg("circle", { cx: 10, cy: 16.4, r: 1.9, fill: "#b98500" }),
  ],
  "⏳": () => [stroke("M5 2.5h10M5 17.5h10M6 2.5v3l4 4.5 4-4.5v-3M6 17.5v-3l4-4.5 4 4.5v3", "#8a6d1d", 1.7)],
  "⏰": () => [
    svg("circle", { cx: 10, cy: 10.8, r: 6.6, fill: "#fff", stroke: "#d92d3f", "stroke-width": 2 }),
    stroke("M10 7.4v3.6l2.4 1.5M3.4 4.6l2-1.8M16.6 4.6l-2-1.8", "#4b5560", 1.6),
  ],
  "📅": () => [
    svg("rect", { x: 2.5, y: 4, width: 15, height: 13.5, rx: 2, fill: "#fff", stroke: "#7b8794", "stroke-width": 1.3 }),
    svg("path", { d: "M2.5 6a2 2 0 0 1 2-2h11a2 2 0 0 1 2 2v2.6h-15z", fill: "#d92d3f" }),
    stroke("M6.4 2.4v3M13.6 2.4v3", "#7b8794", 1.5),
  ],
  "💬": () => [
    svg("path", {
      d: "M3 3h14a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H9l-4 4v-4H3a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1z",
      fill: "#8fa3b8",
    }),
  ],
  "📈": () => [stroke("M2.5 17.5h15M3 13l4-4 3.4 2.8L17 4.5M12.6 4.5H17V9", "#25935a", 2)],
  "📉": () => [stroke("M2.5 17.5h15M3 4.5l4 4 3.4-2.8L17 13M12.6 13H17V8.6", "#d92d3f", 2)],
  "📊": () => [
    svg("rect", { x: 3, y: 9, width: 3.6, height: 8, fill: "#2b6fd6" }),
    svg("rect", { x: 8.2, y: 4, width: 3.6, height: 13, fill: "#25935a" }),
    svg("rect", { x: 13.4, y: 7, width: 3.6, height: 10, fill: "#e5ae13" }),
  ],
  "🗑": () => [stroke("M4 5.5h12M8 5.5V3.6h4v1.9M5.6 5.5l.7 11.4h7.4l.7-11.4M8.4 8.8v5M11.6 8.8v5", "#6b7580", 1.5)],
  "🔒": () => [
    svg("rect", { x: 4, y: 9, width: 12, height: 8.5, rx: 2, fill: "#b98500" }),
    stroke("M6.5 9V6.5a3.5 3.5 0 0 1 7 0V9", "#7b8794", 1.8),
  ],
};

const DRAWN_PATTERN = new RegExp(`(?:${Object.keys(DRAWN).join("|")})\\uFE0F?`, "gu");

/** The character for a Slack emoji name, or null. Skin tones are dropped. */
export function glyph(name) {
  return Object.hasOwn(NAMES, name) ? NAMES[name] : null;
}

function picture(char) {
  const draw = DRAWN[char.replace(/\uFE0F$/, "")];
  if (!draw) return document.createTextNode(char);
  // The character itself stays in the text, so that it can be read aloud, searched and copied.
  return el(
    "span",
    { class: "emoji" },
    svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true", focusable: "false" }, ...draw()),
    el("span", { class: "vh", text: char }),
  );
}

/** Append `text` with emoji characters (and, when asked, :names:) to `parent`; everything else as typed. */
export function appendText(parent, text, { names = true } = {}) {
  const named = names
    ? text.replace(/:([a-z0-9_+-]+):(?::skin-tone-[2-6]:)?/g, (whole, name) => glyph(name) ?? whole)
    : text;
  let at = 0;
  for (const match of named.matchAll(DRAWN_PATTERN)) {
    if (match.index > at) parent.append(named.slice(at, match.index));
    parent.append(picture(match[0]));
    at = match.index + match[0].length;
  }
  if (at < named.length) parent.append(named.slice(at));
  return parent;
}

/** One emoji by name, for rich text; its :name: when it is not known. */
export function emojiNode(name, unicode) {
  const char = unicode ? String.fromCodePoint(...unicode.split("-").map((code) => parseInt(code, 16))) : glyph(name);
  return char ? picture(char) : document.createTextNode(`:${name}:`);
}
