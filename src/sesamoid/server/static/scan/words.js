// What every control is called, which key it has and what its sign looks like: the pad and the
// guidance line read this one table, so that they cannot disagree. The names are those of
// sesamoid.server.scanning.arrows.Control.

const line = (d) => `<path d="${d}"/>`;

// Signs of the controls; the rest of the table comes with the page (sesamoid.server.scanning.keys).
const CONTROL_ICONS = {
  "slide left": line("M20 12H4m6-6-6 6 6 6"),
  "slide right": line("M4 12h16m-6-6 6 6-6 6"),
  "slide up": line("M12 20V4m-6 6 6-6 6 6"),
  "slide down": line("M12 4v16m-6-6 6 6 6-6"),
  "rotate counterclockwise": line("M5 5v5h5M5.6 10A7 7 0 1 1 5 14"),
  "rotate clockwise": line("M19 5v5h-5M18.4 10A7 7 0 1 0 19 14"),
  "tilt up": line("M4 19h16M12 19V5m-5 5 5-5 5 5M8 15.5c0-2 1.8-3.5 4-3.5"),
  "tilt down": line("M4 5h16M12 5v14m-5-5 5 5 5-5M8 8.5c0 2 1.8 3.5 4 3.5"),
  "press left end": line("M4 18 20 11M5 4v9m-3-3 3 3 3-3"),
  "press right end": line("M20 18 4 11M19 4v9m-3-3 3 3 3-3"),
  press: line("M12 3v12m-5-5 5 5 5-5M4 20h16"),
  lift: line("M12 16V4M7 9l5-5 5 5M4 20h16"),
  gel: line("M12 3s6.5 7 6.5 11.5a6.5 6.5 0 0 1-13 0C5.5 10 12 3 12 3z"),
  "turn round": line("M4 9h13l-4-4M20 15H7l4 4"),
  deeper: line("M5 4h14M12 8v12m-5-5 5 5 5-5"),
  shallower: line("M5 20h14M12 16V4M7 9l5-5 5 5"),
  "more gain": `<circle cx="12" cy="12" r="4"/>${line("M12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M5 19l2-2M17 7l2-2")}`,
  "less gain": `<circle cx="12" cy="12" r="4"/>${line("M5 5l1 1M18 18l1 1M5 19l1-1M18 6l1-1M12 3v1M12 20v1M3 12h1M20 12h1")}`,
};

export const CONTROLS = {};
export const ACTIONS = {};

// Fill the tables: keys of controls and of the page, by name.
export function learn(controls, actions) {
  for (const [name, key] of Object.entries(controls)) CONTROLS[name] = { ...key, icon: CONTROL_ICONS[name] };
  Object.assign(ACTIONS, actions);
}

// Signs of instructions that no single control carries out.
export const SIGNS = {
  "go there": { icon: line("M12 21s7-6.5 7-11.5A7 7 0 0 0 5 9.5C5 14.5 12 21 12 21z") + '<circle cx="12" cy="9.5" r="2.5"/>', action: "go" },
  hold: { icon: line("M5 12.5 10 17.5 19.5 7") },
  wait: { icon: `<circle cx="12" cy="12" r="8"/>${line("M12 8v4l3 2")}` },
};

// Motions to and fro, by the control that they begin with.
const ACROSS = line("M3 12h18M8 7l-5 5 5 5M16 7l5 5-5 5");
const UPRIGHT = line("M12 3v18M7 8l5-5 5 5M7 16l5 5 5-5");
const FAN = line("M12 20V8M12 20 5 10M12 20l7-10M3.5 7.5A11 11 0 0 1 20.5 7.5M20.5 4v3.5H17M3.5 4v3.5H7");
const TWIST = line("M4.5 9A8 8 0 0 1 19.5 9M19.5 4.5V9H15M4.5 4.5V9H9M6 16a7.5 7.5 0 0 0 12 0");
export const TO_AND_FRO = {
  "slide left": ACROSS, "slide right": ACROSS, "slide up": UPRIGHT, "slide down": UPRIGHT,
  "tilt up": FAN, "tilt down": FAN, "rotate clockwise": TWIST, "rotate counterclockwise": TWIST,
};

export const svg = (icon) =>
  `<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${icon}</svg>`;

// "Transverse, first extensor compartment" is long for a list.
export const short = (name) => {
  const text = name.replace(/^Transverse section of the /, "").replace(/^(Transverse|Dorsal longitudinal|Palmar longitudinal|Volar longitudinal|Coronal),? /, "");
  return text.charAt(0).toUpperCase() + text.slice(1);
};

export const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  const rest = String(whole % 60).padStart(2, "0");
  return whole < 3600 ? `${Math.floor(whole / 60)}:${rest}` : `${Math.floor(whole / 3600)}:${String(Math.floor(whole / 60) % 60).padStart(2, "0")}:${rest}`;
};

// No network is ever all sure.
export const percent = (share) => `${Math.min(99, Math.round(100 * share))} %`;

export const ORDER = { A: 3, B: 2, C: 1 };

export const KNOBS = [
  ["depth_mm", "Depth", " mm", "shallower", "deeper"],
  ["gain_db", "Gain", " dB", "less gain", "more gain"],
  ["focus_mm", "Focus", " mm", "", ""],
  ["dynamic_range_db", "Range", " dB", "", ""],
  ["gel_mm", "Gel", " mm", "", "gel"],
];

export const ICONS = {
  freeze: line("M12 3v18M4.2 7.5l15.6 9M19.8 7.5l-15.6 9M9.5 4.5 12 7l2.5-2.5M9.5 19.5 12 17l2.5 2.5"),
  capture: `<rect x="3" y="6.5" width="18" height="13" rx="2.5"/><circle cx="12" cy="13" r="3.6"/>${line("M8.5 6.5 10 4h4l1.5 2.5")}`,
  retake: line("M4 5v5h5M4.6 10A8 8 0 1 1 4 13.5"),
  caliper: line("M4 20 20 4M2.5 16.5l5 5M16.5 2.5l5 5"),
  note: line("M5 4h14v11l-5 5H5zM14 20v-5h5M8.5 9h7M8.5 13h4"),
  undo: line("M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3"),
  labels: line("M3 12 12 3h8v8l-9 9zM15.5 8.5h.01"),
  assistant: line("M12 3v3M6 8.5h12a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2v-6a2 2 0 0 1 2-2zM9 13v1M15 13v1"),
  end: line("M6 6h12v12H6z"),
  eye: `${line("M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z")}<circle cx="12" cy="12" r="2.6"/>`,
  dot: '<circle cx="12" cy="12" r="1.2"/>',
  look: `${line("M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z")}<circle cx="12" cy="12" r="2.6"/>`,
  centre: `<circle cx="12" cy="12" r="6"/>${line("M12 2v5M12 17v5M2 12h5M17 12h5")}`,
};

// Every sentence with a capital.
export const upper = (text) => text.replace(/(^|[.!?] )([a-z])/g, (whole, before, letter) => before + letter.toUpperCase());
