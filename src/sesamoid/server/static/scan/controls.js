// Keys and buttons to steps of the probe: a tap is one step, holding goes on at a steady rate.

import { ACTIONS, CONTROLS } from "./words.js";

const EVERY_MS = 33;
const HELD_AFTER_MS = 220;
const FINE = 0.25;

const ALSO = { NumpadEnter: "Enter", NumpadAdd: "Equal", NumpadSubtract: "Minus" };
const named = (table, code) => Object.keys(table).find((name) => table[name].code === (ALSO[code] ?? code));

export class Controls {
  // send(steps): [[control, amount], …]; act(action); enabled(): whether the probe may be moved
  constructor({ send, act, enabled, changed }) {
    Object.assign(this, { send, act, enabled, changed });
    this.held = new Map();
    this.down = (event) => this.press(event);
    this.up = (event) => this.release(event.code);
    this.blur = () => this.clear();
    window.addEventListener("keydown", this.down);
    window.addEventListener("keyup", this.up);
    window.addEventListener("blur", this.blur);
    this.timer = setInterval(() => this.turn(), EVERY_MS);
  }

  destroy() {
    clearInterval(this.timer);
    window.removeEventListener("keydown", this.down);
    window.removeEventListener("keyup", this.up);
    window.removeEventListener("blur", this.blur);
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open], .q-dialog")) return;
    const control = named(CONTROLS, event.code);
    const action = named(ACTIONS, event.code);
    if (!control && !action) return;
    if (action && onButton(event)) return; // Space and Enter press the button that has the focus
    event.preventDefault();
    if (event.repeat) return;
    if (action) this.act(action);
    else this.begin(control, event.code, event.shiftKey);
  }

  release(code) {
    if (this.held.delete(code)) this.changed();
  }

  clear() {
    if (this.held.size) {
      this.held.clear();
      this.changed();
    }
  }

  // A key or a pointer goes down on a control; `by` tells them apart.
  begin(control, by, fine = false) {
    if (!this.enabled()) return;
    const one = CONTROLS[control];
    this.send([[control, one.tap * (fine && one.unit ? FINE : 1)]]);
    if (one.rate) this.held.set(by, { control, fine, since: performance.now(), last: performance.now() });
    this.changed();
  }

  get active() {
    return new Set([...this.held.values()].map((one) => one.control));
  }

  turn() {
    if (!this.held.size) return;
    if (!this.enabled()) return this.clear();
    const now = performance.now();
    const steps = [];
    for (const one of this.held.values()) {
      const passed = Math.min(100, now - one.last) / 1000;
      one.last = now;
      if (now - one.since < HELD_AFTER_MS) continue;
      steps.push([one.control, CONTROLS[one.control].rate * passed * (one.fine ? FINE : 1)]);
    }
    if (steps.length) this.send(steps);
  }
}

const typing = (target) =>
  target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));

const onButton = (event) =>
  ["Space", "Enter"].includes(event.code) && event.target instanceof HTMLElement && event.target.closest("button, a, [role=button]") !== null;
