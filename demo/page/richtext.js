// The `rich_text` block: text in it is literal, formatting is data.

import { el } from "./dom.js";
import { appendText, emojiNode } from "./emoji.js";
import { broadcast, channelLink, dateNode, link, mention } from "./mrkdwn.js";

const STYLES = { bold: "strong", italic: "em", strike: "s", code: "code" };

function styled(node, style) {
  return Object.entries(STYLES).reduce((inner, [name, tag]) => (style?.[name] ? el(tag, {}, inner) : inner), node);
}

function literal(text) {
  const out = el("span");
  String(text ?? "")
    .split("\n")
    .forEach((line, index) => {
      if (index > 0) out.append(el("br"));
      appendText(out, line, { names: false });
    });
  return out;
}

const PARTS = {
  text: (part) => literal(part.text),
  link: (part) => link(part.url ?? "", part.text || undefined),
  user: (part) => mention(part.user_id),
  usergroup: (part) => el("span", { class: "mention", text: `@${part.usergroup_id}` }),
  channel: (part) => channelLink(part.channel_id),
  emoji: (part) => emojiNode(part.name, part.unicode),
  broadcast: (part) => broadcast(part.range),
  date: (part) => dateNode(Number(part.timestamp), part.format ?? "{date}", part.url, part.fallback ?? ""),
  color: (part) => el("code", { text: part.value }),
};

function sectionInto(parent, elements) {
  for (const part of elements ?? []) parent.append(styled((PARTS[part.type] ?? PARTS.text)(part), part.style));
  return parent;
}

function listNode(group) {
  const ordered = group.style === "ordered";
  const level = Math.min(8, group.indent ?? 0);
  return el(
    ordered ? "ol" : "ul",
    { class: `rt-list rt-indent-${level}`, ...(ordered && group.offset ? { start: group.offset + 1 } : {}) },
    (group.elements ?? []).map((item) => sectionInto(el("li", { dir: "auto" }), item.elements)),
  );
}

const GROUPS = {
  rich_text_section: (group) => sectionInto(el("div", { class: "rt-section", dir: "auto" }), group.elements),
  rich_text_list: listNode,
  rich_text_quote: (group) => sectionInto(el("blockquote", { dir: "auto" }), group.elements),
  rich_text_preformatted: (group) => sectionInto(el("pre", { dir: "auto" }), group.elements),
};

/** A rich_text block (or table cell) as one node. */
export function richText(block) {
  return el(
    "div",
    { class: "rich-text" },
    (block.elements ?? []).map((group) => GROUPS[group.type]?.(group) ?? null),
  );
}
