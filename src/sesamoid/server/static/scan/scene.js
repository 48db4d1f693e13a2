// The hand and the probe in three dimensions. The scene itself is NiceGUI's; here the probe is put
// into it, the camera follows, and the pointer moves the probe.

import { THREE } from "nicegui-scene";

const RISE = 0.5; // rad by which the camera stands off the beam, towards the bottom of the screen
const DISTANCE = 330; // mm; the camera has a narrow view, so that near and far look alike
const TURN_WITH = 0.8; // rad that the probe may be turned before the camera turns with it
const SLOP_PX = 5;
const EVERY_MS = { card: 30, software: 250 }; // a machine without a graphics card has other things to do
const vector = (numbers) => new THREE.Vector3(...numbers);

export class Scene3D {
  // view: NiceGUI's scene component; send(message); sliced: colour of the picture's plane
  constructor(view, { steps, point, accent }) {
    Object.assign(this, { view, steps, point });
    this.dirty = true;
    this.follows = true;
    this.pose = null;
    this.eye = null;
    this.probe = makeProbe(accent);
    this.probe.group.visible = false;
    view.scene.add(this.probe.group);
    view.scene.add(this.probe.slice);
    view.renderer.setClearColor(0x000000, 0);
    this.lights();
    this.renderWhenNeeded();
    this.listen();
  }

  destroy() {
    this.watcher.disconnect();
    this.view.$el.removeEventListener("pointerdown", this.onDown, true);
  }

  lights() {
    for (const one of this.view.scene.children.filter((child) => child.isLight)) one.intensity *= 0.55;
    this.lamp = new THREE.DirectionalLight(0xffffff, 2.2);
    this.view.scene.add(this.lamp, this.lamp.target);
  }

  // A still scene costs nothing: the component would paint it many times a second.
  renderWhenNeeded() {
    const { renderer, controls, scene } = this.view;
    const render = renderer.render.bind(renderer);
    const software = isSoftware(renderer.getContext());
    const pause = software ? EVERY_MS.software : EVERY_MS.card;
    if (software) renderer.setPixelRatio(0.7);
    this.share = software ? 0.6 : 0.22; // of the way to where the camera belongs, at each repaint
    this.painted = 0;
    let children = -1;
    renderer.render = (what, camera) => {
      if (scene.children.length !== children) this.dirty = true; // the hand has arrived
      children = scene.children.length;
      const now = performance.now();
      if (now - this.painted < pause || !this.view.$el.clientWidth) return;
      if (this.step()) this.dirty = true;
      if (!this.dirty) return;
      this.dirty = false;
      this.painted = now;
      render(what, camera);
    };
    controls.enableDamping = false;
    controls.enablePan = false;
    controls.minDistance = 120;
    controls.maxDistance = 900;
    controls.addEventListener("start", () => (this.follows = false));
    controls.addEventListener("change", () => (this.dirty = true));
    this.watcher = new ResizeObserver(() => {
      if (this.view.$el.clientWidth < 2 || this.view.$el.clientHeight < 2) return;
      this.view.resize();
      this.dirty = true;
    });
    this.watcher.observe(this.view.$el);
  }

  set(pose) {
    if (this.pose && JSON.stringify(this.pose) === JSON.stringify(pose)) return;
    const jumped = this.pose && vector(pose.origin).distanceTo(vector(this.pose.origin)) > 25;
    this.pose = pose;
    const lateral = vector(pose.lateral);
    const axial = vector(pose.axial);
    const third = new THREE.Vector3().crossVectors(axial, lateral);
    const { group, slice } = this.probe;
    group.visible = true;
    // The probe is modelled with its face along x and its handle along -z.
    const turn = new THREE.Matrix4().makeBasis(lateral, third, axial);
    for (const one of [group, slice]) {
      one.position.copy(vector(pose.origin));
      one.setRotationFromMatrix(turn);
    }
    group.scale.set(pose.width_mm / 38, 1, 1);
    slice.scale.set(pose.width_mm, 1, pose.depth_mm);
    if (jumped) this.follows = true;
    this.dirty = true;
  }

  centre() {
    this.follows = true;
    this.eye = null;
    this.dirty = true;
  }

  // The camera goes where it belongs, a part of the way at each repaint; whether it moved.
  step() {
    if (!this.pose || !this.follows) return false;
    const outward = vector(this.pose.outward);
    let right = vector(this.pose.lateral);
    right.addScaledVector(outward, -right.dot(outward)).normalize();
    if (this.right) {
      const held = this.right.clone().addScaledVector(outward, -this.right.dot(outward)).normalize();
      if (held.angleTo(right) < TURN_WITH && !this.turning) right = held;
      else this.turning = held.angleTo(right) > 0.02;
    }
    // right x up = towards the eye
    const up = new THREE.Vector3().crossVectors(outward, right);
    const target = vector(this.pose.origin).addScaledVector(outward, 22);
    const wanted = {
      eye: target.clone().addScaledVector(outward, DISTANCE * Math.cos(RISE)).addScaledVector(up, -DISTANCE * Math.sin(RISE)),
      target, up, right,
    };
    const share = this.eye ? this.share : 1;
    const { camera, controls } = this.view;
    if (!this.eye) this.eye = { eye: wanted.eye.clone(), target: target.clone(), up: up.clone() };
    // Against the camera itself: NiceGUI moves it too, once the scene is complete.
    const off = camera.position.distanceTo(wanted.eye) + controls.target.distanceTo(target);
    if (off < 0.05 && this.eye.up.angleTo(up) < 0.003 && share < 1) return false;
    this.eye.eye.lerp(wanted.eye, share);
    this.eye.target.lerp(target, share);
    this.eye.up.lerp(up, share).normalize();
    this.right = (this.right ?? right.clone()).lerp(right, share).normalize();
    camera.up.copy(this.eye.up);
    camera.position.copy(this.eye.eye);
    camera.lookAt(this.eye.target);
    controls.target.copy(this.eye.target);
    // Orbiting keeps the up vector that it was made with.
    controls._quat?.setFromUnitVectors(camera.up, new THREE.Vector3(0, 1, 0));
    if (controls._quat) controls._quatInverse.copy(controls._quat).invert();
    this.lamp.position.copy(this.eye.eye).addScaledVector(this.eye.up, 60);
    this.lamp.target.position.copy(this.eye.target);
    return true;
  }

  listen() {
    this.onDown = (event) => this.grab(event);
    this.view.$el.addEventListener("pointerdown", this.onDown, true);
  }

  hit(event, objects) {
    const box = this.view.renderer.domElement.getBoundingClientRect();
    const place = new THREE.Vector2(
      (2 * (event.clientX - box.left)) / box.width - 1,
      1 - (2 * (event.clientY - box.top)) / box.height,
    );
    const ray = new THREE.Raycaster();
    ray.setFromCamera(place, this.view.camera);
    return ray.intersectObjects(objects, true)[0];
  }

  grab(event) {
    const onProbe = this.hit(event, [this.probe.group]);
    if (onProbe) {
      event.stopPropagation();
      event.preventDefault();
      this.drag(event);
      return;
    }
    const onHand = this.hit(event, this.view.scene.children.filter((one) => this.isHand(one)));
    if (!onHand) return;
    const start = [event.clientX, event.clientY];
    const up = (last) => {
      window.removeEventListener("pointerup", up);
      if (Math.hypot(last.clientX - start[0], last.clientY - start[1]) > SLOP_PX) return;
      const outward = onHand.face.normal.clone().transformDirection(onHand.object.matrixWorld);
      this.point(onHand.point.toArray(), outward.toArray());
    };
    window.addEventListener("pointerup", up);
  }

  isHand(object) {
    return object !== this.probe.group && object !== this.probe.slice && !object.isLight;
  }

  // A drag slides the probe over the skin; with Shift it turns (sideways) and tilts (up and down).
  drag(event) {
    let last = [event.clientX, event.clientY];
    const move = (next) => {
      const mm = this.mmPerPixel();
      const dx = next.clientX - last[0];
      const dy = next.clientY - last[1];
      last = [next.clientX, next.clientY];
      const steps = next.shiftKey
        ? [signed("rotate clockwise", "rotate counterclockwise", 0.6 * dx), signed("tilt up", "tilt down", -0.5 * dy)]
        : this.slid(dx * mm, -dy * mm);
      this.steps(steps.filter(Boolean));
    };
    const up = () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", up);
      window.removeEventListener("pointercancel", up);
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", up);
    window.addEventListener("pointercancel", up);
  }

  // From millimetres on the screen to slides along and across the face.
  slid(right_mm, up_mm) {
    const camera = this.view.camera;
    const right = new THREE.Vector3().setFromMatrixColumn(camera.matrixWorld, 0);
    const up = new THREE.Vector3().setFromMatrixColumn(camera.matrixWorld, 1);
    const along = vector(this.pose.lateral);
    const across = new THREE.Vector3().crossVectors(vector(this.pose.lateral), vector(this.pose.axial));
    // Solve for the slide whose image on the screen is the move.
    const a = along.dot(right), b = across.dot(right), c = along.dot(up), d = across.dot(up);
    const det = a * d - b * c;
    if (Math.abs(det) < 0.2) return [];
    const limit = (value) => Math.max(-6, Math.min(6, value));
    return [
      signed("slide right", "slide left", limit((d * right_mm - b * up_mm) / det)),
      signed("slide up", "slide down", limit((a * up_mm - c * right_mm) / det)),
    ];
  }

  mmPerPixel() {
    const { camera, renderer } = this.view;
    const away = camera.position.distanceTo(vector(this.pose.origin));
    return (2 * away * Math.tan((camera.fov * Math.PI) / 360)) / renderer.domElement.getBoundingClientRect().height;
  }
}

function isSoftware(gl) {
  const about = gl.getExtension("WEBGL_debug_renderer_info");
  const name = about ? gl.getParameter(about.UNMASKED_RENDERER_WEBGL) : "";
  return /swiftshader|llvmpipe|software|basic render/i.test(name);
}

const signed = (plus, minus, amount) =>
  Math.abs(amount) < 1e-3 ? null : [amount > 0 ? plus : minus, Math.abs(amount)];

function makeProbe(accent) {
  const group = new THREE.Group();
  const shell = new THREE.MeshPhongMaterial({ color: 0xdfe4ea, shininess: 40 });
  const dark = new THREE.MeshPhongMaterial({ color: 0x3a424d });
  const mark = new THREE.MeshBasicMaterial({ color: accent });
  const part = (geometry, material, z) => {
    const mesh = new THREE.Mesh(geometry, material);
    mesh.position.z = z;
    group.add(mesh);
    return mesh;
  };
  part(new THREE.BoxGeometry(38, 7, 3), dark, -1.5);
  part(new THREE.BoxGeometry(42, 12, 14), shell, -10);
  const neck = new THREE.CylinderGeometry(9, 15, 16, 24, 1);
  neck.rotateX(-Math.PI / 2);
  neck.scale(1, 0.52, 1);
  part(neck, shell, -25);
  const handle = new THREE.CylinderGeometry(8.5, 9, 46, 24, 1);
  handle.rotateX(-Math.PI / 2);
  handle.scale(1, 0.72, 1);
  part(handle, shell, -56);
  const cable = new THREE.CylinderGeometry(2.6, 3.4, 12, 16);
  cable.rotateX(-Math.PI / 2);
  part(cable, dark, -84);
  // The marked end is at the left of the picture.
  const dot = part(new THREE.SphereGeometry(2.6, 16, 12), mark, -10);
  dot.position.x = -21;
  const ridge = part(new THREE.BoxGeometry(2, 13, 14.5), mark, -10);
  ridge.position.x = -19;
  const plane = new THREE.PlaneGeometry(1, 1);
  plane.rotateX(Math.PI / 2);
  plane.translate(0, 0, 0.5);
  const slice = new THREE.Mesh(
    plane,
    new THREE.MeshBasicMaterial({ color: accent, transparent: true, opacity: 0.28, side: THREE.DoubleSide, depthTest: false }),
  );
  slice.renderOrder = 5;
  return { group, slice };
}
