// A picture with outlines on it: look, pick a place, or change an outline or a caliper.
// Points are [x, y] in picture pixels; (0, 0) is the upper left corner of the first pixel.
import { bent, decimated, lengthText, perimeter, resampled } from "/static/pages/shapes.js";

const APART = 30; // screen pixels between the handles of an outline
const FEWEST = 8, MOST = 26;

export default {
  template: `
    <div class="board" ref="frame" :style="{ aspectRatio: width + ' / ' + height }">
      <img :src="src" :alt="alt" draggable="false" />
      <svg ref="svg" :viewBox="'0 0 ' + width + ' ' + height" preserveAspectRatio="none"
        :class="{ picks: pickable, edits: !!edit }" :tabindex="pickable ? 0 : -1"
        :role="pickable ? 'application' : 'group'" :aria-label="pickable ? help : alt"
        @pointerdown="down" @pointermove="move" @pointerup="up" @pointercancel="up"
        @keydown="key" @focus="focused = true" @blur="focused = false">
        <g v-if="visible" v-for="shape in shapes" :key="shape.key"
          :class="{ shape: true, faint: shape.faint || (selected && selected !== shape.key), chosen: selected === shape.key }"
          :style="{ '--colour': shape.colour, '--strength': opacity }" @click.stop="$emit('choose', shape.key)">
          <title>{{ shape.title || shape.label }}</title>
          <path v-if="!(edit && edit.key === shape.key)" :d="path(shape)" :class="{ open: !shape.closed }" />
        </g>
        <g v-if="visible && labels" v-for="shape in shapes" :key="'label ' + shape.key" class="tag"
          :class="{ faint: shape.faint || (selected && selected !== shape.key) }" :style="{ '--colour': shape.colour }">
          <line v-if="shape.at && shape.to" :x1="shape.at[0]" :y1="shape.at[1]" :x2="shape.to[0]" :y2="shape.to[1]" />
          <text v-if="shape.at" :x="shape.at[0]" :y="shape.at[1]" :font-size="13 * scale"
            :stroke-width="3.5 * scale">{{ shape.label }}</text>
        </g>
        <g v-if="edit" class="shape chosen editing" :style="{ '--colour': edit.colour, '--strength': 0.12 }">
          <path :d="draft" :class="{ open: !edit.closed }" />
          <text v-if="measured" class="measured" :x="measured.x" :y="measured.y" :font-size="14 * scale"
            :stroke-width="4 * scale">{{ measured.text }}</text>
          <circle v-for="index in handles" :key="index" :cx="points[index][0]" :cy="points[index][1]"
            :r="(held === index ? 8 : 6) * scale" tabindex="0" role="slider" aria-valuenow="0"
            :aria-label="'Point ' + (handles.indexOf(index) + 1) + ' of ' + handles.length + ': arrow keys move it'"
            :data-index="index" @keydown.stop="nudge($event, index)" />
        </g>
        <g v-if="marker" class="marker" :transform="'translate(' + marker[0] + ' ' + marker[1] + ')'">
          <circle :r="11 * scale" /><circle :r="2 * scale" class="dot" />
          <path :d="'M0 ' + (-11 * scale) + 'V' + (-26 * scale) + 'M0 ' + (11 * scale) + 'V' + (26 * scale) + 'M' + (-11 * scale) + ' 0H' + (-26 * scale) + 'M' + (11 * scale) + ' 0H' + (26 * scale)" />
        </g>
        <g v-if="pickable && (focused || cross)" class="cross">
          <path v-if="cross" :d="'M' + cross[0] + ' 0V' + height + 'M0 ' + cross[1] + 'H' + width" />
        </g>
      </svg>
    </div>`,
  props: {
    src: String, alt: String, width: Number, height: Number,
    shapes: { type: Array, default: () => [] }, marker: Array, selected: String,
    pickable: Boolean, edit: Object, spacing: Array,
    visible: { type: Boolean, default: true }, labels: { type: Boolean, default: true },
    opacity: { type: Number, default: 0.18 },
  },
  emits: ["pick", "choose", "edited"],
  data() {
    return { points: [], step: 1, past: [], held: null, start: null, cross: null, focused: false, scale: 1,
      help: "Picture. Click, or move the cross with the arrow keys and press Enter." };
  },
  computed: {
    draft() { return this.trace(this.points, this.edit?.closed); },
    handles() {
      if (!this.edit) return [];
      return this.points.map((_, i) => i).filter((i) => i % this.step === 0);
    },
    measured() {
      if (!this.edit || this.edit.closed || this.points.length < 2) return null;
      const [x, y] = this.points[this.points.length - 1];
      const right = x > this.width * 0.75;
      return { x: x + (right ? -12 : 12) * this.scale * (right ? 6 : 1), y: y - 10 * this.scale,
        text: lengthText(this.points, this.spacing) };
    },
  },
  watch: { edit: { handler: "begin", immediate: true } },
  mounted() {
    const fit = () => { this.scale = this.width / Math.max(1, this.$refs.frame.clientWidth); };
    this.observer = new ResizeObserver(fit);
    this.observer.observe(this.$refs.frame);
    fit();
  },
  unmounted() { this.observer.disconnect(); },
  methods: {
    begin() {
      this.past = [];
      this.held = null;
      this.points = !this.edit ? [] : this.edit.closed
        ? resampled(this.edit.points) : this.edit.points.map((p) => [...p]);
      // As many handles as there is room for; they stay while the outline is dragged.
      const room = this.edit?.closed ? perimeter(this.points) / this.scale / APART : this.points.length;
      const count = Math.min(MOST, Math.max(FEWEST, Math.round(room)));
      this.step = this.edit?.closed ? Math.max(1, Math.round(this.points.length / count)) : 1;
    },
    trace(points, closed) {
      if (!points.length) return "";
      return "M" + points.map((p) => p[0].toFixed(2) + " " + p[1].toFixed(2)).join("L") + (closed ? "Z" : "");
    },
    path(shape) { return shape.polygons.map((one) => this.trace(one, shape.closed)).join(""); },
    place(event) {
      const box = this.$refs.svg.getBoundingClientRect();
      const clip = (value, most) => Math.min(Math.max(value, 0), most);
      return [clip(((event.clientX - box.left) / box.width) * this.width, this.width),
        clip(((event.clientY - box.top) / box.height) * this.height, this.height)];
    },
    down(event) {
      if (this.edit) {
        const index = event.target.dataset?.index;
        if (index === undefined) return;
        this.held = Number(index);
        this.start = { at: this.place(event), points: this.points.map((p) => [...p]) };
        this.$refs.svg.setPointerCapture(event.pointerId);
        event.preventDefault();
      } else if (this.pickable) {
        const at = this.place(event);
        this.cross = at;
        this.$emit("pick", at);
      }
    },
    move(event) {
      if (this.held === null || !this.start) return;
      const at = this.place(event);
      this.bend(this.start.points, this.held, [at[0] - this.start.at[0], at[1] - this.start.at[1]], event.altKey);
    },
    up() {
      if (this.held === null || !this.start) return;
      this.past.push(this.start.points);
      this.start = null;
      this.held = null;
      this.tell();
    },
    bend(points, index, by, alone) {
      const reach = this.edit.closed && !alone ? 2 * this.step : 0;
      this.points = bent(points, index, by, reach, [this.width, this.height]);
    },
    nudge(event, index) {
      const step = (event.shiftKey ? 5 : 1) * Math.max(0.5, this.scale);
      const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
      if (!by) return;
      event.preventDefault();
      this.past.push(this.points.map((p) => [...p]));
      this.bend(this.points, index, by, event.altKey);
      this.tell();
    },
    undo() {
      const before = this.past.pop();
      if (!before) return;
      this.points = before;
      this.tell();
    },
    tell() { this.$emit("edited", this.edit.closed ? decimated(this.points) : this.points); },
    key(event) {
      if (!this.pickable) return;
      const step = (event.shiftKey ? 25 : 5) * this.scale;
      const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
      const at = this.cross || [this.width / 2, this.height / 2];
      if (by) {
        event.preventDefault();
        this.cross = [Math.min(Math.max(at[0] + by[0], 0), this.width), Math.min(Math.max(at[1] + by[1], 0), this.height)];
      } else if (event.key === "Enter" && this.cross) {
        event.preventDefault();
        this.$emit("pick", this.cross);
      }
    },
  },
};
