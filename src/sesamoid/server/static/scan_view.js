// The scan page as one component: the picture, what the assistant says, the checklist, the probe.
// What changes with every frame is drawn by the modules in scan/; the rest is Vue's.

import { ACTIONS, CONTROLS, Controls, ICONS, KNOBS, ORDER, Picture, SIGNS, Stream, TO_AND_FRO, clock, learn, percent, short, svg, template, upper } from "sesamoid-scan";

const HINT_MS = 3200;
const READ_MS = 150;
const WEAK = 0.7; // a part below it is worth a word, even of a good picture
const kept = (item) => item.kept;

export default {
  props: { room: String, sceneId: String, title: String, subtitle: String, exitUrl: String, withScene: Boolean, exercise: Boolean, csrf: String, controlKeys: Object, pageKeys: Object },
  template,
  created() {
    learn(this.controlKeys, this.pageKeys);
  },
  data() {
    const saved = JSON.parse(localStorage.getItem("sesamoid-scan") ?? "{}");
    return {
      ready: false, operates: false, trouble: null, lost: false, state: null, planes: [], byId: {},
      checklist: [], machine: null, choices: null, say: null, seen: null, grade: null,
      frozen: false, assistant: null, ended: null, tool: null, drawn: [], viewing: null, held: [],
      labels: saved.labels ?? true, opacity: saved.opacity ?? 0.25, panel: saved.panel ?? "probe",
      note: null, hint: null, flash: "", elapsed: 0, speed: null, chosen: null, naming: false, menu: null,
    };
  },
  computed: {
    controls: () => CONTROLS,
    actions: () => ACTIONS,
    icons: () => ICONS,
    knobs: () => KNOBS,
    done() {
      return this.checklist.filter((item) => item.progress === "kept").length;
    },
    current() {
      return this.seen?.plane ? this.byId[this.seen.plane] : null;
    },
    // A picture beside its plane has parts to look at, but no letter: it would not be kept.
    graded() {
      if (this.viewing) return this.viewing.grade;
      return this.grade && this.seen?.there ? this.grade : null;
    },
    why() {
      if (!(this.viewing ? this.viewing.grade : this.grade)) return "Not graded";
      if (!this.graded) return "Graded once you are on the plane";
      if (this.graded.reasons.length) return upper(this.graded.reasons[0].replace(/^[ABC]: /, ""));
      const weak = this.graded.parts.filter(([, score]) => score < WEAK).sort((a, b) => a[1] - b[1])[0];
      return weak ? `Good enough; ${weak[2]}` : "Nothing to improve";
    },
    wanted() {
      const next = this.say?.plane && this.byId[this.say.plane] ? this.say.plane : null;
      return next ?? this.checklist.find((item) => item.progress !== "kept")?.plane ?? null;
    },
    sign() {
      const say = this.say;
      if (!say) return SIGNS.wait.icon;
      if (say.back) return TO_AND_FRO[say.control];
      return (CONTROLS[say.control] ?? SIGNS[say.control] ?? SIGNS[say.act] ?? SIGNS.wait).icon;
    },
    // The keys that do what is said: one, or two in turn.
    keysToPress() {
      if (!this.say || !this.virtual) return [];
      const action = SIGNS[this.say.control]?.action;
      const first = CONTROLS[this.say.control]?.cap ?? (action ? ACTIONS[action].cap : null);
      return [first, CONTROLS[this.say.back]?.cap].filter(Boolean);
    },
    virtual() {
      return this.state?.kind === "virtual";
    },
    real() {
      return this.state && this.state.origin !== "virtual";
    },
  },
  mounted() {
    this.picture = new Picture(this.$refs.frame, this.$refs.image, this.$refs.overlay);
    this.picture.labels = this.labels;
    this.picture.opacity = this.opacity;
    this.stream = new Stream(this.room, {
      frame: (header, bitmap) => this.onFrame(header, bitmap),
      news: (content) => this.onNews(content),
      state: (state, operates, protocol) => this.onState(state, operates, protocol),
      trouble: (text, final) => ((this.trouble = text), (this.lost = final)),
    });
    this.hands = new Controls({
      send: (steps) => this.steps(steps),
      act: (name) => this.act(name),
      enabled: () => this.operates && this.virtual && !this.frozen && !this.ended && !this.viewing,
      changed: () => (this.held = [...this.hands.active]),
    });
    this.timer = setInterval(() => this.tick(), 500);
    window.sesamoidScan = this; // for tests and for the measurement of speed
    if (this.withScene) this.findScene();
  },
  beforeUnmount() {
    clearInterval(this.timer);
    this.stream.close();
    this.hands.destroy();
    this.picture.destroy();
    this.scene?.destroy();
    if (window.sesamoidScan === this) delete window.sesamoidScan;
  },
  methods: {
    svg, short, clock, upper, percent,
    onState(state, operates, protocol) {
      this.trouble = null;
      if (protocol) {
        this.planes = protocol.planes;
        this.byId = Object.fromEntries(protocol.planes.map((plane) => [plane.id, plane]));
        this.picture.planes = this.byId;
        this.picture.colours = protocol.colours;
      }
      Object.assign(this, {
        state, operates, checklist: state.checklist, machine: state.machine, choices: state.choices,
        frozen: state.frozen, assistant: state.assistant, ended: state.ended, elapsed: state.elapsed_s, ready: true,
      });
      this.since = performance.now() / 1000 - state.elapsed_s;
      if (state.probe) this.scene?.set(state.probe);
      this.$emit("state", { room: state.room, ended: state.ended, done: this.done });
    },
    onFrame(header, bitmap) {
      if (this.viewing) return;
      this.picture.show(header, bitmap);
      if (header.probe) this.scene?.set(header.probe);
      this.probe = header.probe;
      this.header = header;
      // Another plane, letter or advice at once; bars and shares no faster than they can be read.
      const said = [header.seen?.plane, header.seen?.there, header.grade?.letter, header.say?.text].join();
      if (said !== this.said || performance.now() - this.saidAt > READ_MS) this.read();
    },
    // What the newest picture is and how good, into words.
    read() {
      const { seen = null, grade = null, say = null } = this.header ?? {};
      this.said = [seen?.plane, seen?.there, grade?.letter, say?.text].join();
      this.saidAt = performance.now();
      for (const [name, value] of Object.entries({ seen, grade, say }))
        if (JSON.stringify(this[name]) !== JSON.stringify(value)) this[name] = value;
    },
    onNews(content) {
      if (content.say === "refused") this.tell(content.text, "warn");
      if (content.checklist) this.checklist = content.checklist;
      if (content.machine) this.machine = content.machine;
      for (const one of content.news ?? []) this.onEvent(one);
    },
    onEvent(one) {
      if (one.kind === "kept") {
        this.tell(`${one.plane} kept: grade ${one.letter}`, one.letter);
        this.flash = one.letter;
        setTimeout(() => (this.flash = ""), 700);
        if (this.frozen) [this.drawn, this.picture.drawn] = [[], []];
        this.$emit("kept", one);
      } else if (one.kind === "event") this.tell(one.text, "warn");
      else if (one.kind === "wait") this.header = { ...this.header, say: { text: one.text, act: "wait" } };
      else if (one.kind === "frozen") {
        this.frozen = one.on;
        if (!one.on) this.clearDrawn();
      } else if (one.kind === "assistant") this.assistant = { ...this.assistant, shown: one.on };
      else if (one.kind === "ended") this.ended = one;
    },
    tick() {
      if (this.header && !this.viewing) this.read();
      if (!this.ended && this.since !== undefined) this.elapsed = performance.now() / 1000 - this.since;
      const speed = this.stream.speed();
      this.speed = speed.p95 === null ? null : speed;
    },
    tell(text, kind = "") {
      this.hint = { text, kind };
      clearTimeout(this.hinting);
      this.hinting = setTimeout(() => (this.hint = null), HINT_MS);
    },
    send(message) {
      if (this.operates) this.stream.send(message);
      else this.tell("You watch this exam; its operator holds the probe.", "warn");
    },
    steps(steps) {
      this.send({ do: "steps", steps });
    },
    hold(name, event) {
      event.target.setPointerCapture?.(event.pointerId);
      this.hands.begin(name, "pointer", event.shiftKey);
    },
    // A button that was clicked gives the keyboard back: Space freezes again instead of pressing it.
    unfocus(event) {
      if (event.detail > 0 && document.activeElement?.closest?.("button")) document.activeElement.blur();
    },
    letGo() {
      this.hands.release("pointer");
    },
    lit(name) {
      return { lit: this.assistant?.shown && [this.say?.control, this.say?.back].includes(name), held: this.held.includes(name) };
    },
    act(name) {
      if (this.ended) return;
      const does = {
        capture: () => this.capture(),
        freeze: () => this.freeze(),
        retake: () => this.retake(this.viewing?.plane ?? (this.seen?.there ? this.seen.plane : null)),
        go: () => this.go(this.wanted),
        labels: () => this.setLabels(!this.labels),
        assistant: () => this.send({ do: "assistant", on: !this.assistant?.shown }),
        caliper: () => this.take("caliper"),
        note: () => this.take("note"),
        centre: () => this.scene?.centre(),
        stop: () => this.stop(),
      };
      does[name]();
    },
    freeze(on = !this.frozen) {
      this.send({ do: on ? "freeze" : "thaw" });
      this.frozen = on; // at once; the server's word follows
      if (!on) this.clearDrawn();
    },
    clearDrawn() {
      [this.drawn, this.picture.drawn, this.tool] = [[], [], null];
      this.picture.draw();
    },
    capture(plane = null) {
      if (this.viewing) return;
      // In an exercise the page around this one judges the picture.
      if (this.exercise) return this.$emit("asked");
      if (!plane && !this.seen?.plane) {
        this.naming = true;
        return;
      }
      this.naming = false;
      this.send({ do: "capture", plane, drawn: this.drawn });
    },
    retake(plane) {
      if (!plane) return this.tell("Choose a plane of the checklist to take again.", "warn");
      this.send({ do: "retake", plane });
      this.live();
      this.tell(`${plane} will be taken again`);
    },
    go(plane) {
      this.menu = null;
      if (this.exercise) return this.tell("In an exercise you find the plane yourself.", "warn");
      if (!this.virtual || !plane) return;
      if (this.frozen) this.freeze(false);
      this.live();
      this.send({ do: "go", plane });
    },
    take(tool) {
      this.tool = this.tool === tool ? null : tool;
      if (this.tool && !this.frozen && !this.viewing) this.freeze(true);
    },
    stop() {
      if (this.tool) this.tool = null;
      else if (this.viewing) this.live();
      else if (this.frozen) this.freeze(false);
      this.menu = this.note = null;
      this.naming = false;
    },
    setLabels(on) {
      this.labels = this.picture.labels = on;
      this.save();
    },
    setOpacity(value) {
      this.opacity = this.picture.opacity = Number(value);
      this.save();
    },
    save() {
      localStorage.setItem("sesamoid-scan", JSON.stringify({ labels: this.labels, opacity: this.opacity, panel: this.panel }));
      this.picture.draw();
    },
    set(name, value) {
      this.send({ do: "machine", set: { [name]: value } });
    },
    turn(name, way) {
      const [low, high, step] = this.choices.ranges[name];
      this.set(name, Math.min(high, Math.max(low, Math.round((this.machine[name] + way * step) * 10) / 10)));
    },
    onPicture(event) {
      if (this.tool !== "caliper" || !this.picture.header) return;
      const at = this.picture.at(event);
      event.target.setPointerCapture?.(event.pointerId);
      this.picture.draft = { kind: "caliper", ends: [at, at] };
    },
    // On the click, not on the press: a press takes the focus away again.
    onPlace(event) {
      if (this.tool !== "note" || !this.picture.header) return;
      this.note = { at: this.picture.at(event), text: "" };
      this.$nextTick(() => this.$refs.note?.focus());
    },
    onDraw(event) {
      const draft = this.picture.draft;
      if (!draft) return;
      draft.ends = [draft.ends[0], this.picture.at(event)];
      this.picture.draw();
    },
    onDrawn() {
      const draft = this.picture.draft;
      this.picture.draft = null;
      if (draft && this.picture.length(draft.ends) > 0.2) this.add(draft);
      else this.picture.draw();
    },
    noted() {
      if (this.note?.text.trim()) this.add({ kind: "note", at: this.note.at, text: this.note.text.trim() });
      this.note = null;
    },
    add(one) {
      this.drawn = this.picture.drawn = [...this.drawn, one];
      this.picture.draw();
      if (this.viewing) this.store();
    },
    undo() {
      this.drawn = this.picture.drawn = this.drawn.slice(0, -1);
      this.picture.draw();
      if (this.viewing) this.store();
    },
    async store() {
      const answer = await this.ask(`pictures/${this.viewing.number}/annotations`, "PUT", this.drawn);
      if (!answer.ok) this.tell("The drawing could not be stored.", "warn");
    },
    ask(path, method = "GET", body = undefined) {
      const headers = { "X-CSRF-Token": this.csrf ?? "" };
      if (body !== undefined) headers["Content-Type"] = "application/json";
      return fetch(`/api/v1/scan/${this.room}/${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    },
    async look(item) {
      this.menu = null;
      if (!kept(item)) return this.virtual ? this.go(item.plane) : null;
      const number = item.kept.number;
      const [about, file] = await Promise.all([this.ask(`pictures/${number}`), this.ask(`pictures/${number}/file`)]);
      if (!about.ok || !file.ok) return this.tell("The picture cannot be shown.", "warn");
      const header = await about.json();
      const bitmap = await createImageBitmap(await file.blob());
      this.viewing = { plane: item.plane, number, item, grade: header.grade };
      this.drawn = this.picture.drawn = header.annotations;
      this.picture.show({ ...header, seen: { plane: item.plane } }, bitmap);
      bitmap.close();
      this.tool = null;
    },
    live() {
      if (!this.viewing) return;
      this.viewing = null;
      this.clearDrawn();
    },
    thumbnail: (room, item) => `/api/v1/scan/${room}/pictures/${item.kept.number}/thumbnail`,
    better: (a, b) => (ORDER[a] ?? 0) > (ORDER[b] ?? 0),
    async end() {
      this.menu = null;
      const answer = await this.ask("end", "POST");
      if (answer.ok) this.$emit("ended", { room: this.room });
    },
    // NiceGUI's scene comes up beside this component, a little later.
    findScene(tries = 0) {
      let view = null;
      try {
        view = getElement(Number(this.sceneId));
      } catch {
        // the page around it is not mounted yet
      }
      if (!view?.renderer || !view.controls) {
        if (tries < 100) setTimeout(() => this.findScene(tries + 1), 100);
        return;
      }
      import("sesamoid-scan/scene.js").then(({ Scene3D }) => {
        this.scene = new Scene3D(view, {
          steps: (steps) => !this.frozen && this.steps(steps),
          point: (place, outward) => !this.frozen && this.send({ do: "point", place, outward }),
          accent: getComputedStyle(this.$el).getPropertyValue("--accent").trim() || "#56B4E9",
        });
        const pose = this.probe ?? this.state?.probe;
        if (pose) this.scene.set(pose);
      });
    },
  },
};
