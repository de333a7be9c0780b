// Geometry of boxes around text: hulls, smallest rectangles, and rectangles made larger.
// A point is [x, y].

/** The corners of the convex hull, without those on its sides (A. M. Andrew's monotone chain, 1979). */
export function hullOf(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (ordered) => {
    const chain = [];
    for (const point of ordered) {
      while (chain.length > 1 && turn(chain[chain.length - 2], chain[chain.length - 1], point) <= 0) {
        chain.pop();
      }
      chain.push(point);
    }
    chain.pop();
    return chain;
  };
  return sorted.length < 3 ? sorted : [...half(sorted), ...half(sorted.reverse())];
}

const turn = (a, b, c) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

/**
 * The rectangle of the smallest area around points, which has a side along one of their hull's (H. Freeman and
 * R. Shapira, 1975).
 *
 * @returns {{corners: number[][], side: number}} the corners from the upper left one clockwise, and the shorter side
 */
export function smallestRectangle(points) {
  const hull = hullOf(points);
  let best = { area: Infinity, corners: [0, 0, 0, 0].map(() => hull[0]), side: 0 };
  for (let index = 0; hull.length > 1 && index < hull.length; index += 1) {
    const [from, to] = [hull[index], hull[(index + 1) % hull.length]];
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    const [ux, uy] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
    let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const [x, y] of hull) {
      const along = x * ux + y * uy;
      const across = y * ux - x * uy;
      left = Math.min(left, along);
      right = Math.max(right, along);
      low = Math.min(low, across);
      high = Math.max(high, across);
    }
    const area = (right - left) * (high - low);
    if (area < best.area - 1e-9) {
      const corner = (along, across) => [along * ux - across * uy, along * uy + across * ux].map(cleaned);
      const corners = [corner(left, low), corner(right, low), corner(right, high), corner(left, high)];
      best = { area, corners, side: Math.min(right - left, high - low) };
    }
  }
  return { corners: clockwise(best.corners), side: best.side };
}

/** Without the last bits, in which a corner that lies on a pixel may miss it. */
const cleaned = (value) => Math.round(value * 1e4) / 1e4;

/** Four corners from the upper left one clockwise, y pointing down: of the two left ones the upper first. */
export function clockwise(corners) {
  const sorted = [...corners].sort((a, b) => a[0] - b[0]);
  const [upperLeft, lowerLeft] = sorted.slice(0, 2).sort((a, b) => a[1] - b[1]);
  const [upperRight, lowerRight] = sorted.slice(2).sort((a, b) => a[1] - b[1]);
  return [upperLeft, upperRight, lowerRight, lowerLeft];
}

/** How far an arc may be from its chords, in pixels; pyclipper's default. */
const arcTolerance = 0.25;

/**
 * The outline of a convex quadrilateral moved outwards by area × ratio ÷ perimeter, with round corners: the shrinking
 * with which text detectors are trained (B. R. Vatti's clipping in M. Liao and others, "Real-time Scene Text Detection
 * with Differentiable Binarization", 2020) undone. Corners and outline are whole pixels, as in the Clipper library.
 */
export function unclipped(corners, ratio) {
  const area = Math.abs(sum(corners, (a, b) => a[0] * b[1] - b[0] * a[1])) / 2;
  const perimeter = sum(corners, (a, b) => Math.hypot(b[0] - a[0], b[1] - a[1]));
  const distance = (area * ratio) / perimeter;
  const whole = corners.map((corner) => corner.map(Math.trunc));
  const step = 2 * Math.acos(1 - Math.min(1, arcTolerance / distance));
  const outline = [];
  whole.forEach((corner, index) => {
    const before = outwards(whole[(index + 3) % 4], corner);
    const after = outwards(corner, whole[(index + 1) % 4]);
    if (before === undefined || after === undefined) {
      return;
    }
    const turning = Math.atan2(before[0] * after[1] - before[1] * after[0], before[0] * after[0] + before[1] * after[1]);
    const steps = Math.max(1, Math.round(Math.abs(turning) / step));
    const start = Math.atan2(before[1], before[0]);
    for (let part = 0; part <= steps; part += 1) {
      const angle = part === steps ? Math.atan2(after[1], after[0]) : start + Math.min(part * step, Math.abs(turning)) * Math.sign(turning);
      outline.push([Math.round(corner[0] + distance * Math.cos(angle)), Math.round(corner[1] + distance * Math.sin(angle))]);
    }
  });
  return outline;
}

/** The direction that points out of a clockwise outline's side; undefined for a side without length. */
function outwards(from, to) {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  return length === 0 ? undefined : [(to[1] - from[1]) / length, (from[0] - to[0]) / length];
}

const sum = (corners, term) => corners.reduce((total, corner, index) => total + term(corner, corners[(index + 1) % corners.length]), 0);
