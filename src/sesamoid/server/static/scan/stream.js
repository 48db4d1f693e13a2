// The web socket of a room: frames come, each is shown at the next repaint, then told to be shown.

const NOTHING_FOR_MS = 5000;

export class Stream {
  // handlers: frame(header, bitmap), news(content), state(state, operates), trouble(text), back()
  constructor(room, handlers) {
    this.room = room;
    this.handlers = handlers;
    this.offset = 0; // the server's clock less this one's, ms
    this.closeness = Infinity;
    this.shown = [];
    this.latency = [];
    this.total = 0;
    this.tries = 0;
    this.waiting = null;
    this.closed = false;
    this.connect();
  }

  connect() {
    if (this.closed) return;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/api/v1/scan/${this.room}/stream`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.tries = 0;
      this.closeness = Infinity;
      for (let n = 0; n < 5; n++) setTimeout(() => this.ask(), 200 * n);
    };
    socket.onmessage = (event) => this.take(event.data);
    socket.onclose = (event) => this.lost(event);
    this.socket = socket;
  }

  send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  close() {
    this.closed = true;
    this.socket?.close();
  }

  lost(event) {
    if (this.closed) return;
    if (event.code === 1008) {
      this.handlers.trouble("This exam is not running here any more.", true);
      return;
    }
    this.tries += 1;
    this.handlers.trouble("The connection to the server is lost. Trying again …", false);
    setTimeout(() => this.connect(), Math.min(4000, 300 * 1.6 ** this.tries));
  }

  take(data) {
    if (typeof data === "string") {
      const content = JSON.parse(data);
      if (content.say === "time") this.compare(content);
      else if (content.say === "state") this.handlers.state(content.state, content.operates, content.protocol);
      else if (content.say === "gone") {
        this.closed = true;
        this.handlers.state(content.state, false);
      } else this.handlers.news(content);
      return;
    }
    const length = new DataView(data).getUint32(0);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
    header.bytes = data.byteLength;
    if (header.news || header.checklist || header.machine) this.handlers.news(header);
    createImageBitmap(new Blob([new Uint8Array(data, 4 + length)], { type: "image/jpeg" }))
      .then((bitmap) => this.arrived(header, bitmap))
      .catch(() => this.send({ do: "shown", n: header.n }));
  }

  arrived(header, bitmap) {
    if (this.waiting) {
      // It was overtaken before the screen was painted.
      this.send({ do: "shown", n: this.waiting.header.n });
      this.waiting.bitmap.close();
      this.waiting = { header, bitmap };
      return;
    }
    this.waiting = { header, bitmap };
    requestAnimationFrame(() => this.paint());
  }

  paint() {
    const { header, bitmap } = this.waiting;
    this.waiting = null;
    this.handlers.frame(header, bitmap);
    bitmap.close();
    // A message is handled after the repaint, a callback of the repaint before it.
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      const at = this.now();
      this.send({ do: "shown", n: header.n, grabbed: header.grabbed, at });
      this.count(at, at - header.grabbed);
    };
    channel.port2.postMessage(0);
  }

  count(at, late) {
    this.total += 1;
    this.shown.push(at);
    this.latency.push(late);
    if (this.shown.length > 3000) {
      this.shown.shift();
      this.latency.shift();
    }
  }

  // Frames a second and glass-to-glass milliseconds over the last seconds.
  speed(seconds = 5) {
    const first = this.shown.findIndex((at) => at > this.now() - 1000 * seconds);
    if (first < 0 || this.shown.length - first < 2) return { fps: 0, p50: null, p95: null };
    const times = this.shown.slice(first);
    const sorted = this.latency.slice(first).sort((a, b) => a - b);
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
    const fps = (1000 * (times.length - 1)) / (times[times.length - 1] - times[0]);
    return { fps, p50: at(0.5), p95: at(0.95) };
  }

  quiet() {
    return !this.shown.length || this.now() - this.shown[this.shown.length - 1] > NOTHING_FOR_MS;
  }

  now() {
    return performance.timeOrigin + performance.now() + this.offset;
  }

  ask() {
    this.send({ do: "time", asked: performance.timeOrigin + performance.now() });
  }

  // Of several answers the one that was under way shortest tells the other clock best.
  compare(content) {
    const here = performance.timeOrigin + performance.now();
    const way = here - content.asked;
    if (way < this.closeness) {
      this.closeness = way;
      this.offset = content.now - (content.asked + here) / 2;
    }
  }
}
