// The `markdown` block: standard Markdown, as much of it as Slack shows.

import { el } from "./dom.js";
import { appendText } from "./emoji.js";
import { link } from "./mrkdwn.js";

// Ordered: the first alternative that matches at the earliest place wins. A span has a longest length, so that a text of
// nothing but marks is not searched to its end from each of them.
const INLINE = new RegExp(
  [
    /\\([\\`*_~[\]()#+\-.!>|])/,
    /`([^`\n]{1,2000})`/,
    /\[([^\]\n]{1,1000})\]\((https?:\/\/[^\s)]+|mailto:[^\s)]+)\)/,
    /\*\*(?=\S)([^\n]{1,1000}?)\*\*/,
    /~~(?=\S)([^\n]{1,1000}?)~~/,
    /\*(?=\S)([^*\n]{1,1000}?)\*/,
    /\b_(?=\S)([^_\n]{1,1000}?)_\b/,
    /(https?:\/\/[^\s<>)]+)/,
  ]
    .map((part) => part.source)
    .join("|"),
  "g",
);

function nested(tag, text, depth) {
  const node = el(tag);
  if (depth > 4) appendText(node, text);
  else inline(text, node, depth + 1);
  return node;
}

function inline(text, parent, depth = 0) {
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > at) appendText(parent, text.slice(at, match.index));
    const [, escaped, code, label, url, bold, strike, italic, italic2, bare] = match;
    if (escaped) parent.append(escaped);
    else if (code) parent.append(el("code", { text: code }));
    else if (label) parent.append(link(url, label));
    else if (bold) parent.append(nested("strong", bold, depth));
    else if (strike) parent.append(nested("s", strike, depth));
    else if (italic ?? italic2) parent.append(nested("em", italic ?? italic2, depth));
    else parent.append(link(bare));
    at = match.index + match[0].length;
  }
  if (at < text.length) appendText(parent, text.slice(at));
  return parent;
}

function cells(line) {
  return line
    .trim()
    .replace(/^\||\|$/g, "")
    .split("|")
    .map((cell) => cell.trim());
}

function table(rows) {
  const [head, , ...body] = rows;
  return el(
    "div",
    { class: "table-scroll", tabindex: "0", role: "group", "aria-label": "Table" },
    el(
      "table",
      { class: "grid" },
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          cells(head).map((cell) => inline(cell, el("th", { scope: "col", dir: "auto" }))),
        ),
      ),
      el(
        "tbody",
        {},
        body.map((row) =>
          el(
            "tr",
            {},
            cells(row).map((cell) => inline(cell, el("td", { dir: "auto" }))),
          ),
        ),
      ),
    ),
  );
}

const RULES = [
  { name: "fence", test: /^```/ },
  { name: "heading", test: /^(#{1,6})\s+(.*)$/ },
  { name: "rule", test: /^\s*([-*_])(?:\s*\1){2,}\s*$/ },
  { name: "quote", test: /^>\s?(.*)$/ },
  { name: "bullet", test: /^\s*[-*+]\s+(.*)$/ },
  { name: "number", test: /^\s*\d+[.)]\s+(.*)$/ },
  { name: "table", test: /^\|.*\|\s*$/ },
  { name: "blank", test: /^\s*$/ },
];

function kindOf(line) {
  for (const rule of RULES) {
    const match = rule.test.exec(line);
    if (match) return { name: rule.name, match };
  }
  return { name: "text", match: [line, line] };
}

function takeFence(all, at) {
  let end = at + 1;
  while (end < all.length && !all[end].startsWith("```")) end += 1;
  return { node: el("pre", { dir: "auto", text: all.slice(at + 1, end).join("\n") }), next: end + 1 };
}

function build(name, run) {
  if (name === "quote") return inline(run.map((match) => match[1]).join(" "), el("blockquote", { dir: "auto" }));
  if (name === "bullet" || name === "number") {
    return el(
      name === "bullet" ? "ul" : "ol",
      {},
      run.map((match) => inline(match[1], el("li", { dir: "auto" }))),
    );
  }
  if (name === "table" && run.length > 2) return table(run.map((match) => match[0]));
  const paragraph = el("p", { dir: "auto" });
  run.forEach((match, index) => {
    if (index > 0) paragraph.append(el("br"));
    inline(match[0], paragraph);
  });
  return paragraph;
}

/** Markdown text as a fragment. Runs of lines of one kind become one block. */
export function markdown(text) {
  const out = document.createDocumentFragment();
  const all = text.split("\n");
  let at = 0;
  while (at < all.length) {
    const { name, match } = kindOf(all[at]);
    if (name === "fence") {
      const { node, next } = takeFence(all, at);
      out.append(node);
      at = next;
      continue;
    }
    if (name === "heading")
      out.append(
        inline(
          match[2],
          el("p", {
            class: `md-heading md-h${match[1].length}`,
            role: "heading",
            "aria-level": Math.min(6, match[1].length + 2),
            dir: "auto",
          }),
        ),
      );
    else if (name === "rule") out.append(el("hr"));
    if (["heading", "rule", "blank"].includes(name)) {
      at += 1;
      continue;
    }
    const run = [];
    while (at < all.length && kindOf(all[at]).name === name) {
      run.push(kindOf(all[at]).match);
      at += 1;
    }
    out.append(build(name, run));
  }
  return out;
}
