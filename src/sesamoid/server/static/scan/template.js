// What the scan page looks like.

const picture = `
<section class="sv-stage" :class="[flash && 'flash-' + flash, { frozen }]">
  <div class="sv-frame" ref="frame" :class="{ drawing: tool }">
    <canvas ref="image"></canvas>
    <canvas ref="overlay" @pointerdown="onPicture" @pointermove="onDraw" @pointerup="onDrawn" @pointercancel="onDrawn" @click="onPlace"></canvas>
    <div class="sv-seen" v-if="ready && !viewing && assistant?.shown">
      <template v-if="current">
        <b :class="{ there: seen.there }">{{ seen.plane }}</b>
        <span>{{ current.name }}</span>
        <i :title="seen.there ? 'How sure the assistant is' : 'The nearest plane'">{{ seen.there ? percent(seen.sure) : 'near, not on it yet' }}</i>
      </template>
      <template v-else><b>?</b><span>No standard plane</span></template>
    </div>
    <div class="sv-seen viewing" v-if="viewing">
      <b>{{ viewing.plane }}</b><span>Kept picture {{ viewing.number }}, by {{ viewing.item.kept.by === 'assistant' ? 'the assistant' : 'hand' }}</span>
      <i class="grade" :class="'g' + viewing.item.kept.letter">{{ viewing.item.kept.letter }}</i>
    </div>
    <div class="sv-badges">
      <span v-if="virtual" class="virtual" title="A simulated person and scanner: no figure here is about a patient">VIRTUAL</span>
      <span v-if="frozen && !viewing" class="ice">FROZEN</span>
    </div>
    <transition name="sv-fade"><div class="sv-hint" :class="hint?.kind" v-if="hint" role="status">{{ hint.text }}</div></transition>
    <div class="sv-cover" v-if="!ready && !trouble"><div class="sv-spin"></div>Preparing the scan …</div>
    <div class="sv-cover" v-if="trouble"><span>{{ trouble }}</span><a v-if="lost" :href="exitUrl" class="sv-b strong">Leave</a></div>
    <div class="sv-cover" v-if="ended">
      <strong>{{ { failed: 'The exam stopped', 'source ended': 'The recording has ended' }[ended.how] ?? 'The exam is over' }}</strong>
      <span v-if="ended.how === 'failed'">{{ ended.why }}</span>
      <span>{{ done }} of {{ checklist.length }} planes are kept. Nothing is lost.</span>
      <a :href="exitUrl" class="sv-b strong">Go to the exam</a>
    </div>
    <input v-if="note" ref="note" class="sv-note" v-model="note.text" maxlength="200" placeholder="Note" @keydown.enter="noted" @keydown.esc="note = null" @blur="noted" />
  </div>
</section>`;

const guidance = `
<section class="sv-say" v-if="!exercise" :class="{ calm: say?.control === 'hold', off: !assistant?.shown }" aria-live="polite">
  <template v-if="viewing">
    <span class="sign" v-html="svg(icons.look)"></span>
    <p class="long">{{ upper(viewing.item.kept.because) }}<small>Kept at {{ clock(viewing.item.kept.time_s) }}</small></p>
    <button class="sv-b" @click="retake(viewing.plane)" v-if="operates">Take again</button>
    <button class="sv-b strong" @click="live">Back to live</button>
  </template>
  <template v-else-if="assistant?.shown">
    <span class="sign" v-html="svg(sign)"></span>
    <p :class="{ long: say?.text.length > 70 }">{{ say ? upper(say.text) : 'Looking …' }}</p>
    <span class="keys" v-if="keysToPress.length"><template v-for="(cap, n) in keysToPress" :key="cap"><span v-if="n" aria-hidden="true">⇄</span><kbd :title="'Key ' + cap">{{ cap }}</kbd></template></span>
    <button class="sv-b" v-if="virtual && operates && say?.control === 'go there'" @click="go(wanted)">Go to {{ wanted }}</button>
  </template>
  <p v-else class="quiet">{{ assistant?.exam === false ? 'Without the assistant: capture each plane yourself.' : 'The assistant is hidden.' }}</p>
</section>`;

const grade = `
<section class="sv-grade" v-if="!exercise" :class="{ off: !viewing && (!assistant?.shown || !grade) }">
  <span class="grade big" :class="graded ? 'g' + graded.letter : 'none'">{{ graded ? graded.letter : '–' }}</span>
  <div class="sv-score" role="meter" aria-label="Quality" :aria-valuenow="graded ? graded.score : 0" aria-valuemin="0" aria-valuemax="1">
    <div class="bar"><i :style="{ '--part': graded?.score ?? 0 }" :class="graded ? 'g' + graded.letter : ''"></i></div>
    <p :title="graded?.reasons.join('\\n')">{{ why }}</p>
  </div>
  <ul>
    <li v-for="[name, score, detail] in (viewing ? viewing.grade : grade)?.parts ?? []" :key="name" :title="upper(name) + ': ' + detail">
      <span>{{ upper(name) }}</span><div class="bar"><i :style="{ '--part': score }" :class="score < 0.5 ? 'gC' : score < 0.8 ? 'gB' : 'gA'"></i></div>
    </li>
  </ul>
</section>`;

const tools = `
<nav class="sv-tools" aria-label="Picture">
  <button class="sv-b" :class="{ on: frozen }" @click="freeze()" :disabled="!operates || !!ended" :title="'Freeze (' + actions.freeze.cap + ')'"><span v-html="svg(icons.freeze)"></span><em>{{ frozen ? 'Go on' : 'Freeze' }}</em></button>
  <button class="sv-b strong" @click="capture()" :disabled="!operates || !!viewing || !!ended" :title="'Keep this picture (' + actions.capture.cap + ')'"><span v-html="svg(icons.capture)"></span><em>Capture</em></button>
  <button class="sv-b" v-if="!exercise && !drawn.length" @click="act('retake')" :disabled="!operates || !!ended" :title="'Take this plane again (' + actions.retake.cap + ')'"><span v-html="svg(icons.retake)"></span><em>Retake</em></button>
  <span class="gap"></span>
  <button class="sv-b tool" :class="{ on: tool === 'caliper' }" @click="act('caliper')" :disabled="!operates || !!ended" :title="'Measure (' + actions.caliper.cap + ')'"><span v-html="svg(icons.caliper)"></span><em>Caliper</em></button>
  <button class="sv-b tool" :class="{ on: tool === 'note' }" @click="act('note')" :disabled="!operates || !!ended" :title="'Note (' + actions.note.cap + ')'"><span v-html="svg(icons.note)"></span><em>Note</em></button>
  <button class="sv-b tool" v-if="drawn.length" @click="undo" title="Take the last drawing away"><span v-html="svg(icons.undo)"></span><em>Undo</em></button>
  <template v-if="!exercise">
  <span class="gap"></span>
  <button class="sv-b" :class="{ on: labels }" :aria-pressed="labels" @click="setLabels(!labels)" :title="'Labels (' + actions.labels.cap + ')'"><span v-html="svg(icons.labels)"></span><em>Labels</em></button>
  <input type="range" min="0" max="0.7" step="0.05" :value="opacity" @input="setOpacity($event.target.value)" aria-label="Opacity of the outlines" title="Opacity of the outlines" :disabled="!labels" />
  <button class="sv-b" :class="{ on: assistant?.shown }" :aria-pressed="!!assistant?.shown" @click="act('assistant')" :disabled="!operates || !assistant?.exam" :title="assistant?.exam === false ? 'This exam was begun without the assistant' : 'Show or hide the assistant (' + actions.assistant.cap + ')'"><span v-html="svg(icons.assistant)"></span><em>Assistant</em></button>
  </template>
  <span class="rest"></span>
  <span class="sv-time" :title="speed ? 'Shown: ' + speed.fps.toFixed(0) + ' pictures a second; from probe to screen ' + speed.p50.toFixed(0) + ' ms (p95 ' + speed.p95.toFixed(0) + ' ms)' : ''"><b>{{ clock(elapsed) }}</b><small v-if="speed">{{ speed.fps.toFixed(0) }} fps</small></span>
  <button class="sv-b" @click="menu = menu === 'end' ? null : 'end'" v-if="operates && !ended && !exercise" aria-haspopup="true" title="End the exam"><span v-html="svg(icons.end)"></span><em>End</em></button>
  <div class="sv-pop end" v-if="menu === 'end'"><p>End this exam? {{ done }} of {{ checklist.length }} planes are kept.</p><button class="sv-b" @click="menu = null">Go on</button><button class="sv-b strong" @click="end">End it</button></div>
  <div class="sv-pop name" v-if="naming"><p>Which plane is it?</p><button class="sv-b" v-for="plane in planes" :key="plane.id" @click="capture(plane.id)" :title="plane.name">{{ plane.id }}</button><button class="sv-b" @click="naming = false">None</button></div>
</nav>`;

const list = `
<aside class="sv-list" v-if="!exercise" aria-label="Checklist">
  <header><b>{{ done }}</b> of {{ checklist.length }} planes<div class="bar"><i class="gA" :style="{ '--part': done / Math.max(1, checklist.length) }"></i></div></header>
  <ol>
    <li v-for="item in checklist" :key="item.plane" :class="[item.progress.replace(' ', '-'), { wanted: item.plane === wanted, here: seen?.there && item.plane === seen.plane && assistant?.shown, viewed: viewing?.plane === item.plane }]">
      <button @click="look(item)" :title="byId[item.plane]?.name + (item.kept ? ': show the kept picture' : virtual ? ': put the probe down near it' : '')">
        <span class="mini"><img v-if="item.kept" :src="thumbnail(room, item)" alt="" /><span v-else v-html="svg(item.progress === 'seen' ? icons.eye : icons.dot)"></span></span>
        <span class="what"><b>{{ item.plane }}</b><small>{{ short(byId[item.plane]?.name ?? '') }}</small></span>
        <span class="how"><i v-if="item.kept" class="grade" :class="'g' + item.kept.letter">{{ item.kept.letter }}</i><small v-if="item.progress === 'retake'">again</small><small v-else-if="item.kept" :title="'Kept at ' + clock(item.kept.time_s) + ', after ' + item.seconds.toFixed(0) + ' s on the plane'">{{ clock(item.kept.time_s) }}</small></span>
      </button>
      <button class="more" v-if="item.kept && operates && !ended" @click="retake(item.plane)" :title="'Take ' + item.plane + ' again'" v-html="svg(icons.retake)"></button>
    </li>
  </ol>
</aside>`;

const pad = `
<div class="sv-pad" v-if="virtual" @pointerup="letGo" @pointercancel="letGo" @lostpointercapture="letGo">
  <div class="cross" aria-label="Slide">
    <button v-for="name in ['slide up', 'slide left', 'slide right', 'slide down']" :key="name" :class="[name.split(' ')[1], lit(name)]" @pointerdown="hold(name, $event)" @contextmenu.prevent :title="upper(controls[name].words) + ' (' + controls[name].cap + ')'" :aria-label="controls[name].words"><span v-html="svg(controls[name].icon)"></span></button>
    <span>slide</span>
  </div>
  <div class="turns">
    <button v-for="name in ['rotate counterclockwise', 'tilt up', 'rotate clockwise', 'press', 'press left end', 'tilt down', 'press right end', 'lift', 'turn round', 'gel']" :key="name" :class="lit(name)" @pointerdown="hold(name, $event)" @contextmenu.prevent :title="upper(controls[name].words) + ' (' + controls[name].cap + ')'" :aria-label="controls[name].words"><span v-html="svg(controls[name].icon)"></span><kbd>{{ controls[name].cap }}</kbd></button>
  </div>
</div>`;

const machine = `
<div class="sv-machine" v-if="machine">
  <div class="knob" v-for="[name, title, unit, less, more] in knobs" :key="name">
    <span>{{ title }}</span>
    <button @click="turn(name, -1)" :class="lit(less)" :aria-label="'Less ' + title" :disabled="!operates">−</button>
    <b>{{ Math.round(10 * machine[name]) / 10 }}<small>{{ unit }}</small></b>
    <button @click="turn(name, 1)" :class="lit(more)" :aria-label="'More ' + title" :disabled="!operates">+</button>
  </div>
  <label class="knob wide"><span>Probe</span><select :value="machine.probe" @change="set('probe', $event.target.value)" :disabled="!operates"><option v-for="one in choices.probes" :key="one">{{ one }}</option></select></label>
  <label class="knob wide full"><span>Scanner</span><select :value="machine.machine" @change="set('machine', $event.target.value)" :disabled="!operates"><option v-for="(title, one) in choices.machines" :key="one" :value="one">{{ title }}</option></select></label>
</div>`;

export const template = `
<div class="sv" @click="unfocus" :class="{ plain: !virtual, exercise }" @contextmenu.self.prevent>
  <aside class="sv-task" v-if="exercise" aria-label="Exercise"><slot name="task"></slot></aside>
  ${list}
  <main class="sv-main">${picture}${guidance}${grade}${tools}</main>
  <aside class="sv-side" v-show="virtual">
    <div class="sv-scene"><slot></slot><button class="sv-b round" @click="scene?.centre()" :title="'Back to the probe (' + actions.centre.cap + ')'" v-html="svg(icons.centre)"></button>
      <component :is="exercise ? 'span' : 'a'" class="sv-who" href="/scan/new" :title="exercise ? '' : 'Another patient, scanner or source'"><b>{{ title }}</b><small>{{ subtitle }}</small></component></div>
    ${pad}${machine}
  </aside>
</div>`;
