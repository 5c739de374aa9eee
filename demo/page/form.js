// What a person has typed or chosen on one surface (a message or a view), in the shape of Slack's `state.values`.

/** Values survive a re-render while block_id, action_id and type stay the same and the person has touched them; that is
 * what views.update does in Slack. Untouched ones follow the new initial value. */
export class FormState {
  #cells = new Map();
  #seen = new Set();

  /** Start of a render: cells that are not met again until `end` belonged to elements that are gone. */
  begin() {
    this.#seen = new Set();
  }

  end() {
    for (const key of this.#cells.keys()) if (!this.#seen.has(key)) this.#cells.delete(key);
  }

  #key(block, element) {
    return JSON.stringify([block.block_id, element.action_id]);
  }

  /** The state to show: what the person left there, else `initial`. */
  enter(block, element, initial) {
    const key = this.#key(block, element);
    this.#seen.add(key);
    const cell = this.#cells.get(key);
    if (cell?.touched && cell.state.type === initial.type) return cell.state;
    this.#cells.set(key, { block: block.block_id, action: element.action_id, state: initial, touched: false });
    return initial;
  }

  write(block, element, state) {
    this.#cells.set(this.#key(block, element), {
      block: block.block_id,
      action: element.action_id,
      state,
      touched: true,
    });
  }

  read(block, element) {
    return this.#cells.get(this.#key(block, element))?.state ?? null;
  }

  /** Whether closing now would throw away something the person did. */
  get touched() {
    return [...this.#cells.values()].some((cell) => cell.touched);
  }

  /** {block_id: {action_id: state}} */
  values() {
    const out = {};
    for (const { block, action, state } of this.#cells.values()) (out[block] ??= {})[action] = state;
    return out;
  }
}
