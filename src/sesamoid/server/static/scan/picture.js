// The picture and what is drawn over it: outlines with labels, scale, orientation, calipers, notes.

export class Picture {
  // image, overlay: canvases on top of each other inside of `frame`
  constructor(frame, image, overlay) {
    this.frame = frame;
    this.image = image;
    this.overlay = overlay;
    this.header = null;
    this.colours = {};
    this.planes = {};
    this.labels = true;
    this.opacity = 0.25;
    this.drawn = [];
    this.draft = null;
    this.placed = { scale: 1, width: 0, height: 0 };
    this.watcher = new ResizeObserver(() => this.place());
    this.watcher.observe(frame);
  }

  destroy() {
    this.watcher.disconnect();
  }

  show(header, bitmap) {
    const changed = this.image.width !== header.columns || this.image.height !== header.rows;
    const scale = JSON.stringify(header.mm) !== JSON.stringify(this.header?.mm);
    if (changed) {
      this.image.width = header.columns;
      this.image.height = header.rows;
    }
    this.header = header;
    if (changed || scale) this.place();
    this.image.getContext("2d", { alpha: false, desynchronized: true }).drawImage(bitmap, 0, 0);
    this.draw();
  }

  // As large as the window allows, with square millimetres.
  place() {
    const { header, frame } = this;
    if (!header) return;
    const [tall, wide] = header.mm ?? [1, 1];
    const aspect = (header.columns * wide) / (header.rows * tall);
    const room = frame.getBoundingClientRect();
    const width = Math.max(1, Math.min(room.width, room.height * aspect));
    const height = width / aspect;
    for (const canvas of [this.image, this.overlay]) {
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      canvas.style.left = `${(room.width - width) / 2}px`;
      canvas.style.top = `${(room.height - height) / 2}px`;
    }
    const dense = Math.min(2, window.devicePixelRatio || 1);
    this.overlay.width = Math.round(width * dense);
    this.overlay.height = Math.round(height * dense);
    this.placed = { dense, width, height, x: width / header.columns, y: height / header.rows };
    this.frame.style.setProperty("--left", `${(room.width - width) / 2}px`);
    this.frame.style.setProperty("--top", `${(room.height - height) / 2}px`);
    this.draw();
  }

  // From a pointer event to pixels of the picture.
  at(event) {
    const box = this.overlay.getBoundingClientRect();
    const { x, y } = this.placed;
    const column = (event.clientX - box.left) / x;
    const row = (event.clientY - box.top) / y;
    const clamp = (value, most) => Math.min(most, Math.max(0, value));
    return [clamp(column, this.header.columns), clamp(row, this.header.rows)];
  }

  // In mm where calibrated, else in pixels.
  length([a, b]) {
    const [tall, wide] = this.header.mm ?? [1, 1];
    return Math.hypot((b[0] - a[0]) * wide, (b[1] - a[1]) * tall);
  }

  words(ends) {
    const value = this.length(ends);
    return this.header.mm ? `${value.toFixed(1)} mm` : `${Math.round(value)} px`;
  }

  draw() {
    const { header, placed } = this;
    if (!header) return;
    const pen = this.overlay.getContext("2d");
    pen.setTransform(placed.dense, 0, 0, placed.dense, 0, 0);
    pen.clearRect(0, 0, placed.width, placed.height);
    if (this.labels) this.outlines(pen, header.outlines ?? []);
    if (header.mm) this.ruler(pen, header);
    this.sides(pen, header);
    for (const one of [...this.drawn, ...(this.draft ? [this.draft] : [])]) this.mark(pen, one);
  }

  outlines(pen, outlines) {
    const { x, y } = this.placed;
    pen.lineJoin = "round";
    for (const one of outlines) {
      const colour = this.colours[one.key] ?? "#ffffff";
      const path = new Path2D();
      for (const line of one.lines) smooth(path, line, x, y);
      pen.globalAlpha = this.opacity;
      pen.fillStyle = colour;
      pen.fill(path);
      pen.globalAlpha = 0.95;
      pen.lineWidth = 1.6;
      pen.strokeStyle = colour;
      pen.stroke(path);
    }
    pen.globalAlpha = 1;
    const taken = [];
    for (const one of outlines) if (one.label) this.label(pen, one, taken);
  }

  label(pen, one, taken) {
    const { x, y, width } = this.placed;
    pen.font = "600 13px system-ui, sans-serif";
    const wide = pen.measureText(one.label).width + 10;
    const box = { x: Math.min(width - wide - 2, Math.max(2, one.at[0] * x - wide / 2)), y: Math.max(2, one.at[1] * y - 22), w: wide, h: 18 };
    const meets = (other) => box.x < other.x + other.w && other.x < box.x + box.w && box.y < other.y + other.h && other.y < box.y + box.h;
    for (let n = 0; n < 6 && taken.some(meets); n++) box.y = taken.find(meets).y + 20;
    taken.push(box);
    this.tag(pen, one.label, box.x, box.y, this.colours[one.key] ?? "#ffffff");
  }

  tag(pen, text, left, top, colour) {
    pen.font = "600 13px system-ui, sans-serif";
    const wide = pen.measureText(text).width + 10;
    pen.fillStyle = "rgba(8, 11, 15, 0.78)";
    pen.beginPath();
    pen.roundRect(left, top, wide, 18, 4);
    pen.fill();
    pen.fillStyle = colour;
    pen.fillRect(left, top + 3, 2.5, 12);
    pen.fillStyle = "#f4f6f8";
    pen.textBaseline = "middle";
    pen.textAlign = "left";
    pen.fillText(text, left + 6, top + 9.5);
  }

  // Millimetres of depth along the right edge.
  ruler(pen, header) {
    const { width, height } = this.placed;
    const depth = header.rows * header.mm[0];
    pen.strokeStyle = pen.fillStyle = "rgba(220, 228, 236, 0.75)";
    pen.lineWidth = 1;
    pen.font = "11px system-ui, sans-serif";
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    const step = depth > 45 ? 10 : 5;
    for (let mm = 0; mm <= depth; mm += 1) {
      const y = (mm / depth) * height;
      const long = mm % step === 0;
      if (!long && height / depth < 6) continue;
      pen.beginPath();
      pen.moveTo(width - (long ? 9 : 4), y);
      pen.lineTo(width, y);
      pen.stroke();
      if (long && mm > 0 && y < height - 8) pen.fillText(mm % 10 && height < 300 ? "" : `${mm}`, width - 13, y);
    }
    pen.textBaseline = "bottom";
    pen.fillText("mm", width - 13, height - 3);
  }

  // Which side of the hand lies left and right.
  sides(pen, header) {
    const plane = this.planes[header.seen?.plane];
    if (!plane) return;
    pen.font = "600 12px system-ui, sans-serif";
    pen.fillStyle = "rgba(220, 228, 236, 0.85)";
    pen.textBaseline = "bottom";
    pen.textAlign = "left";
    pen.fillText(plane.left, 8, this.placed.height - 6);
    pen.textAlign = "right";
    pen.fillText(plane.right, this.placed.width - 44, this.placed.height - 6);
  }

  mark(pen, one) {
    const { x, y } = this.placed;
    if (one.kind === "note") {
      this.tag(pen, one.text, one.at[0] * x, one.at[1] * y - 9, "#ffffff");
      return;
    }
    const [a, b] = one.ends.map(([column, row]) => [column * x, row * y]);
    const across = Math.atan2(b[1] - a[1], b[0] - a[0]) + Math.PI / 2;
    for (const [colour, wide] of [["rgba(0,0,0,.8)", 4], ["#ffffff", 1.6]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = wide;
      pen.setLineDash(wide < 2 ? [5, 4] : []);
      pen.beginPath();
      pen.moveTo(...a);
      pen.lineTo(...b);
      pen.stroke();
      pen.setLineDash([]);
      pen.beginPath();
      for (const end of [a, b]) {
        pen.moveTo(end[0] - 6 * Math.cos(across), end[1] - 6 * Math.sin(across));
        pen.lineTo(end[0] + 6 * Math.cos(across), end[1] + 6 * Math.sin(across));
      }
      pen.stroke();
    }
    this.tag(pen, this.words(one.ends), Math.max(a[0], b[0]) + 8, (a[0] > b[0] ? a : b)[1] - 9, "#ffffff");
  }
}

// A closed line through the middles of a polygon's sides, round at its corners.
function smooth(path, line, x, y) {
  const count = line.length / 2;
  const at = (n) => [line[2 * (n % count)] * x, line[2 * (n % count) + 1] * y];
  const middle = (n) => [0, 1].map((axis) => (at(n)[axis] + at(n + 1)[axis]) / 2);
  path.moveTo(...middle(0));
  for (let n = 1; n <= count; n++) path.quadraticCurveTo(...at(n), ...middle(n));
  path.closePath();
}
