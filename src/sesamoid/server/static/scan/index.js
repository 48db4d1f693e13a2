// The parts of the scan page.

export { Controls } from "./controls.js";
export { Picture } from "./picture.js";
export { Stream } from "./stream.js";
export { ACTIONS, CONTROLS, ICONS, KNOBS, ORDER, SIGNS, TO_AND_FRO, clock, learn, percent, short, svg, upper } from "./words.js";
export { template } from "./template.js";
