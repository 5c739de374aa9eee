// Dates as each reader sees them: in the reader's own zone, whatever zone this machine is in.

import { now, zone } from "./world.js";

const LOCALE = "en-GB";

function format(seconds, options, timeZone = zone()) {
  return new Intl.DateTimeFormat(LOCALE, { timeZone, ...options }).format(new Date(seconds * 1000));
}

export function clockTime(seconds) {
  return format(seconds, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

export function fullTime(seconds) {
  return format(seconds, {
    weekday: "long",
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
}

/** "Sat 21 Nov 2026, 16:05", for the header's clock. */
export function headerTime(seconds) {
  return `${format(seconds, { weekday: "short", day: "numeric", month: "short", year: "numeric" })}, ${clockTime(seconds)}`;
}

/** 2026-11-21 in the reader's zone. */
export function isoDay(seconds, timeZone = zone()) {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat(LOCALE, { timeZone, year: "numeric", month: "2-digit", day: "2-digit" })
      .formatToParts(new Date(seconds * 1000))
      .map((part) => [part.type, part.value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}`;
}

function relativeDay(seconds) {
  const days = Math.round((Date.parse(isoDay(seconds)) - Date.parse(isoDay(now()))) / 86_400_000);
  return { "-1": "Yesterday", 0: "Today", 1: "Tomorrow" }[days] ?? null;
}

export function dayLabel(seconds) {
  const sameYear = isoDay(seconds).slice(0, 4) === isoDay(now()).slice(0, 4);
  return (
    relativeDay(seconds) ??
    format(seconds, { weekday: "long", day: "numeric", month: "long", ...(sameYear ? {} : { year: "numeric" }) })
  );
}

/** "just now", "5 minutes ago", "in 3 hours". */
export function ago(seconds) {
  const delta = seconds - now();
  if (Math.abs(delta) < 60) return "just now";
  const steps = [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ];
  const [unit, size] = steps.find(([, length]) => Math.abs(delta) >= length);
  return new Intl.RelativeTimeFormat(LOCALE, { numeric: "always" }).format(Math.trunc(delta / size), unit);
}

const DATE = { day: "numeric", month: "long", year: "numeric" };
const SHORT = { day: "numeric", month: "short", year: "numeric" };
const LONG = { weekday: "long", ...DATE };

function pretty(seconds, options, capital) {
  const near = relativeDay(seconds);
  if (!near) return format(seconds, options);
  return capital ? near : near.toLowerCase();
}

const TOKENS = {
  date_num: (s) => isoDay(s),
  date: (s) => format(s, DATE),
  date_short: (s) => format(s, SHORT),
  date_long: (s) => format(s, LONG),
  date_long_full: (s) => format(s, LONG),
  date_pretty: (s, first) => pretty(s, DATE, first),
  date_short_pretty: (s, first) => pretty(s, SHORT, first),
  date_long_pretty: (s, first) => pretty(s, LONG, first),
  day_divider_pretty: (s, first) => pretty(s, { weekday: "long", day: "numeric", month: "long" }, first),
  time: (s) => clockTime(s),
  time_secs: (s) => format(s, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }),
  ago: (s) => ago(s),
};

/** Slack's `<!date^…>` pattern, e.g. "{date_short_pretty} at {time}"; the fallback when anything in it is unknown. */
export function slackDate(seconds, pattern, fallback) {
  if (!Number.isFinite(seconds)) return fallback;
  let known = true;
  const text = pattern.replace(/\{(\w+)\}/g, (whole, token, at) => {
    if (TOKENS[token]) return TOKENS[token](seconds, at === 0);
    known = false;
    return whole;
  });
  return known ? text : fallback;
}

function offsetAt(seconds, timeZone) {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    })
      .formatToParts(new Date(seconds * 1000))
      .map((part) => [part.type, Number(part.value)]),
  );
  return (
    Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second) / 1000 -
    Math.floor(seconds)
  );
}

/** "2026-11-21T16:05" on the reader's wall to epoch seconds. A wall time that a clock change skips moves forward. */
export function wallToEpoch(wall, timeZone = zone()) {
  const naive = Date.parse(`${wall.length === 16 ? `${wall}:00` : wall}Z`) / 1000;
  if (!Number.isFinite(naive)) return null;
  const guess = naive - offsetAt(naive, timeZone);
  return naive - offsetAt(guess, timeZone);
}

/** Epoch seconds to "2026-11-21T16:05" on the reader's wall. */
export function epochToWall(seconds, timeZone = zone()) {
  return new Date((seconds + offsetAt(seconds, timeZone)) * 1000).toISOString().slice(0, 16);
}
