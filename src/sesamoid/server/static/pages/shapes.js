// Geometry of outlines and calipers. Points are [x, y].

const SPACING = 6; // picture pixels between the points of an outline that is being changed
const FEWEST = 16, MOST = 160;

const away = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** A closed outline with evenly spaced points, so that dragging bends it everywhere alike. */
export function resampled(points) {
  const closed = [...points, points[0]];
  const at = [0];
  for (let i = 1; i < closed.length; i++) at.push(at[i - 1] + away(closed[i - 1], closed[i]));
  const whole = at[at.length - 1];
  const count = Math.min(MOST, Math.max(FEWEST, Math.round(whole / SPACING)));
  const out = [];
  let k = 1;
  for (let i = 0; i < count; i++) {
    const wanted = (whole * i) / count;
    while (k < at.length - 1 && at[k] < wanted) k++;
    const share = at[k] > at[k - 1] ? (wanted - at[k - 1]) / (at[k] - at[k - 1]) : 0;
    out.push([0, 1].map((axis) => closed[k - 1][axis] + share * (closed[k][axis] - closed[k - 1][axis])));
  }
  return out;
}

/** Length of a closed outline. */
export function perimeter(points) {
  return points.reduce((sum, point, i) => sum + away(point, points[(i + 1) % points.length]), 0);
}

/** The points after one of them was moved; its neighbours up to `reach` follow, ever less. */
export function bent(points, index, by, reach, size) {
  const count = points.length;
  return points.map((point, i) => {
    const steps = Math.min((i - index + count) % count, (index - i + count) % count);
    if (steps > reach) return [...point];
    const weight = reach ? Math.cos((Math.PI / 2) * (steps / (reach + 1))) ** 2 : 1;
    return [0, 1].map((axis) => Math.min(Math.max(point[axis] + weight * by[axis], 0), size[axis]));
  });
}

/** To a tenth of a pixel: more says nothing. */
export function decimated(points) {
  return points.map((point) => point.map((value) => Math.round(value * 10) / 10));
}

/** Length of a line in mm where the picture is calibrated, else in pixels. */
export function lengthText(points, spacing) {
  const [down, right] = spacing || [1, 1];
  let length = 0;
  for (let i = 1; i < points.length; i++) {
    length += Math.hypot((points[i][0] - points[i - 1][0]) * right, (points[i][1] - points[i - 1][1]) * down);
  }
  return spacing ? `${length.toFixed(length < 10 ? 2 : 1)} mm` : `${length.toFixed(0)} px`;
}
