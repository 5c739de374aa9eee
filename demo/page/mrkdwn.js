// Slack's mrkdwn to nodes. Text is only ever appended as text: what a customer typed can't become anything else.

import { el } from "./dom.js";
import { appendText } from "./emoji.js";
import { fullTime, slackDate } from "./dates.js";
import { channelName, userName, world } from "./world.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const TAGS = { "*": "strong", _: "em", "~": "s" };
const MARKERS = Object.keys(TAGS);
// A code span, a <control sequence> or a bare address: nothing inside them is formatting.
const ATOM = /`(?![\u200b\u2060\ufeff])([^`\n]+)`|<([^<>\n]+)>|https?:\/\/(?:(?!&[lg]t;)[^\s<>|`*~])+/g;

/** Slack escapes exactly these three; everything else that looks like an entity is text. */
export function unescape(text) {
  return text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);
}

/** A link that can't run anything and tells the other side nothing; plain text for other schemes. */
export function link(url, label) {
  const shown = label ?? url.replace(/^mailto:/, "");
  if (!/^(https?:\/\/|mailto:|tel:)/i.test(url)) return document.createTextNode(shown);
  return appendText(el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }), shown);
}

/** "@Priya Raman"; marked when it is the person who reads. */
export function mention(id, label) {
  const own = id === world.me.id ? " mention-own" : "";
  return el("span", {
    class: `mention${own}`,
    dataset: { user: id },
    text: `@${world.users.has(id) ? userName(id) : (label ?? id).replace(/^@/, "")}`,
  });
}

/** "#nps-relational", leading there. */
export function channelLink(id, label) {
  const name = world.channels.has(id) ? channelName(id) : (label ?? "private-channel");
  return el("a", {
    class: "mention",
    href: `#at=${encodeURIComponent(id)}`,
    dataset: { channel: id },
    text: `#${name}`,
  });
}

/** "@channel": loud on purpose, because text of a customer must never get here. */
export function broadcast(range) {
  return el("span", { class: "mention mention-broadcast", dataset: { broadcast: range }, text: `@${range}` });
}

/** Slack's date, in the zone of the reader, with the full time on hover. */
export function dateNode(seconds, pattern, href, fallback) {
  const text = slackDate(seconds, pattern, fallback);
  const node = el("time", {
    text,
    ...(Number.isFinite(seconds) ? { datetime: new Date(seconds * 1000).toISOString(), title: fullTime(seconds) } : {}),
  });
  return href ? el("a", { href, target: "_blank", rel: "noopener noreferrer" }, node) : node;
}

function special(body, label) {
  const [kind, ...rest] = body.split("^");
  if (["channel", "here", "everyone"].includes(kind)) return broadcast(kind);
  if (kind === "subteam")
    return el("span", { class: "mention", text: label ? `@${label.replace(/^@/, "")}` : "@group" });
  if (kind === "date" && rest.length >= 2) {
    const safe = /^https?:\/\//i.test(rest[2] ?? "") ? rest[2] : null;
    return dateNode(Number(rest[0]), unescape(rest[1]), safe, label ?? "");
  }
  return label ? document.createTextNode(label) : null;
}

function control(sequence) {
  const bar = sequence.indexOf("|");
  const body = bar < 0 ? sequence : sequence.slice(0, bar);
  const label = bar < 0 ? null : unescape(sequence.slice(bar + 1)) || null;
  if (/^@[UW][A-Z0-9]+$/.test(body)) return mention(body.slice(1), label);
  if (/^#[CG][A-Z0-9]+$/.test(body)) return channelLink(body.slice(1), label);
  if (body.startsWith("!")) return special(body.slice(1), label);
  if (/^(https?:\/\/|mailto:|tel:)/i.test(body)) return link(unescape(body), label);
  return null;
}

function findAtoms(text, bare) {
  const atoms = new Map();
  for (const match of text.matchAll(ATOM)) {
    const [whole, code, sequence] = match;
    let node = null;
    if (code !== undefined) node = el("code", { text: unescape(code) });
    else if (sequence !== undefined) node = control(sequence);
    else if (bare) node = link(unescape(whole));
    if (node) atoms.set(match.index, { end: match.index + whole.length, node });
  }
  return atoms;
}

const WORD = /[\p{L}\p{N}]/u;
// Blanks, also those without width: a mark that one of them follows is a character like any other.
const BLANK = /[\s\u200b\u2060\ufeff]/;

/** For each position, where the next marker stands that may close a span on the same line; -1 for none. One pass, so a
 * comment of nothing but asterisks costs no more than any other. */
function closersOf(text, marker, covered) {
  const next = new Int32Array(text.length + 1).fill(-1);
  for (let at = text.length - 1; at >= 0; at -= 1) {
    const char = text[at];
    const closes =
      char === marker && !covered[at] && at > 0 && !BLANK.test(text[at - 1]) && !WORD.test(text[at + 1] ?? " ");
    if (char === "\n") next[at] = -1;
    else next[at] = closes ? at : next[at + 1];
  }
  return next;
}

function inline(text, parent, bare, active = "") {
  const atoms = findAtoms(text, bare);
  const covered = new Uint8Array(text.length);
  for (const [start, atom] of atoms) covered.fill(1, start, atom.end);
  const closers = new Map(
    MARKERS.filter((marker) => !active.includes(marker) && text.includes(marker)).map((marker) => [
      marker,
      closersOf(text, marker, covered),
    ]),
  );
  let plain = "";
  const flush = () => {
    plain.split("\n").forEach((line, index) => {
      if (index > 0) parent.append(el("br"));
      appendText(parent, unescape(line));
    });
    plain = "";
  };
  let at = 0;
  while (at < text.length) {
    const atom = atoms.get(at);
    const close = closers.get(text[at])?.[at + 2] ?? -1;
    const opens =
      close > 0 && !WORD.test(text[at - 1] ?? " ") && !BLANK.test(text[at + 1]) && text[at + 1] !== text[at];
    if (atom) {
      flush();
      parent.append(atom.node);
      at = atom.end;
    } else if (opens) {
      flush();
      const span = el(TAGS[text[at]]);
      inline(text.slice(at + 1, close), span, bare, active + text[at]);
      parent.append(span);
      at = close + 1;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  flush();
}

function quoteDepth(line) {
  const match = /^(?:&gt;|>)(?!(?:&gt;|>))\s?/.exec(line);
  return match ? match[0].length : 0;
}

function lines(text, parent, bare) {
  const all = text.split("\n");
  let paragraph = [];
  let quoted = [];
  const endParagraph = () => {
    if (paragraph.length) inline(paragraph.join("\n"), parent, bare);
    paragraph = [];
  };
  const endQuote = () => {
    if (!quoted.length) return;
    const quote = el("blockquote", { dir: "auto" });
    inline(quoted.join("\n"), quote, bare);
    parent.append(quote);
    quoted = [];
  };
  for (const [index, line] of all.entries()) {
    const rest = /^(?:&gt;|>){3}\s?/.exec(line);
    if (rest) {
      endParagraph();
      quoted.push(line.slice(rest[0].length), ...all.slice(index + 1));
      break;
    }
    const depth = quoteDepth(line);
    if (depth) {
      endParagraph();
      quoted.push(line.slice(depth));
    } else {
      endQuote();
      paragraph.push(line);
    }
  }
  endParagraph();
  endQuote();
}

/** mrkdwn as a fragment of nodes. `verbatim` is the text object's: addresses that stand bare stay text. */
export function mrkdwn(text, { verbatim = false } = {}) {
  const out = document.createDocumentFragment();
  let at = 0;
  for (const match of text.matchAll(/```\n?([\s\S]+?)\n?```/g)) {
    if (match.index > at) lines(text.slice(at, match.index).replace(/\n$/, ""), out, !verbatim);
    out.append(el("pre", { dir: "auto", text: unescape(match[1]) }));
    at = match.index + match[0].length;
    if (text[at] === "\n") at += 1;
  }
  if (at < text.length) lines(text.slice(at), out, !verbatim);
  return out;
}

/** Any of Slack's text objects (or a bare string, taken as plain). `tag` is the element that holds it. */
export function textNode(object, tag = "span", props = {}) {
  const node = el(tag, { dir: "auto", ...props });
  if (object === null || object === undefined) return node;
  if (typeof object === "string") return appendText(node, unescape(object), { names: false });
  if (object.type === "mrkdwn") node.append(mrkdwn(object.text ?? "", { verbatim: object.verbatim }));
  else {
    (object.text ?? "").split("\n").forEach((line, index) => {
      if (index > 0) node.append(el("br"));
      appendText(node, unescape(line), { names: object.emoji !== false });
    });
  }
  return node;
}

/** A text object as a plain string, for labels and titles. */
export function plain(object) {
  return textNode(object).textContent;
}
