// The only way nodes are made here: text goes in as text nodes, so a message can never become markup.

const SVG = "http://www.w3.org/2000/svg";
let counter = 0;

/** A document-unique id, for tying labels, hints and errors to their input. */
export function uid(prefix = "x") {
  counter += 1;
  return `${prefix}-${counter}`;
}

/** Make an element. `on*` props become listeners, `class` and `text` are shorthands, null and false are left out. */
export function el(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** The same for SVG. */
export function svg(tag, props = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(node, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.setAttribute("class", value);
    else if (name === "text") node.append(String(value));
    else if (name === "dataset") Object.assign(node.dataset, value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Text that only a screen reader meets. */
export function hidden(text) {
  return el("span", { class: "vh", text });
}

/** Everything inside `root` that Tab would stop at, in order. */
export function focusable(root) {
  const wanted = "a[href],button,input,select,textarea,[tabindex]:not([tabindex='-1'])";
  return [...root.querySelectorAll(wanted)].filter((node) => !node.disabled && node.getClientRects().length > 0);
}

/** Keep Tab inside `root`: call it from a keydown listener. */
export function trapTab(event, root) {
  if (event.key !== "Tab") return;
  const stops = focusable(root);
  if (stops.length === 0) {
    event.preventDefault();
    return;
  }
  const first = stops[0];
  const last = stops[stops.length - 1];
  const active = document.activeElement;
  if (event.shiftKey && (active === first || !root.contains(active))) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && (active === last || !root.contains(active))) {
    event.preventDefault();
    first.focus();
  }
}

/** Replace `parent`'s children by keyed nodes, leaving those that are already right untouched (focus and scroll stay). */
export function reconcile(parent, nodes) {
  let cursor = parent.firstChild;
  const wanted = new Set(nodes);
  for (const node of nodes) {
    while (cursor && !wanted.has(cursor)) {
      const next = cursor.nextSibling;
      cursor.remove();
      cursor = next;
    }
    if (cursor === node) cursor = cursor.nextSibling;
    else parent.insertBefore(node, cursor);
  }
  while (cursor) {
    const next = cursor.nextSibling;
    cursor.remove();
    cursor = next;
  }
}

/** Run `change`, which may rebuild the focused node, then give the focus to the node with the same data-key. */
export function keepingFocus(root, change) {
  const active = document.activeElement;
  const holder = active && root.contains(active) ? active.closest("[data-key]") : null;
  const key = holder?.dataset.key;
  const surface = holder?.closest("[data-ts]")?.dataset.ts;
  const caret = active && "selectionStart" in active ? [active.selectionStart, active.selectionEnd] : null;
  change();
  if (!key || root.contains(document.activeElement)) return;
  const home = surface ? root.querySelector(`[data-ts="${CSS.escape(surface)}"]`) : root;
  const again = home?.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!again) return;
  again.focus();
  // Only text fields have a caret; asking a date or number field for one throws.
  if (caret && caret[0] !== null && typeof again.setSelectionRange === "function") {
    try {
      again.setSelectionRange(caret[0], caret[1]);
    } catch {
      again.focus();
    }
  }
}
