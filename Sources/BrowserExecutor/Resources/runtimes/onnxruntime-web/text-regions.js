// From a map of text probabilities to boxes: the steps after a detector that was trained
// with differentiable binarization, as PaddleOCR and rapidocr-onnxruntime take them.

import { clockwise, smallestRectangle, unclipped } from "./rectangles.js";
import { roundHalfEven } from "./resize.js";

/** The most regions of one map that are looked at. */
const maximumRegions = 1000;

/**
 * @param {{values: Float32Array, width: number, height: number}} map
 * @param {{threshold: number, box_threshold: number, unclip_ratio: number, minimum_side: number}} options
 *   a pixel is text above `threshold`; a box is kept from `box_threshold` on, if both sides are at least `minimum_side`
 * @param {{width: number, height: number}} image in whose pixels the boxes are given
 * @returns {{quadrilateral: number[][], score: number}[]} corners from the upper left one clockwise, in reading order;
 *   a score is the mean of the map in the box before it is made larger
 */
export function textRegions(map, options, image) {
  const boxes = [];
  for (const points of regions(textMask(map, options.threshold)).slice(0, maximumRegions)) {
    const tight = smallestRectangle(points);
    if (tight.side < options.minimum_side) {
      continue;
    }
    const score = meanInside(map, tight.corners);
    if (score < options.box_threshold) {
      continue;
    }
    const grown = smallestRectangle(unclipped(tight.corners, options.unclip_ratio));
    if (grown.side < options.minimum_side + 2) {
      continue;
    }
    const quadrilateral = inImage(grown.corners, map, image);
    const [upperLeft, upperRight, , lowerLeft] = quadrilateral;
    if (Math.trunc(distance(upperLeft, upperRight)) > 3 && Math.trunc(distance(upperLeft, lowerLeft)) > 3) {
      boxes.push({ quadrilateral, score });
    }
  }
  return inReadingOrder(boxes);
}

const distance = ([x, y], [u, v]) => Math.hypot(u - x, v - y);

/**
 * Where there is text, with a frame of one pixel around it. A text pixel spreads to the right and downwards, so that
 * strokes join.
 */
function textMask({ values, width, height }, threshold) {
  const limit = Math.fround(threshold);
  const stride = width + 2;
  const cells = new Uint8Array(stride * (height + 2));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (values[y * width + x] > limit) {
        const at = (y + 1) * stride + x + 1;
        const [right, below] = [x + 1 < width, y + 1 < height];
        cells[at] = 1;
        cells[at + 1] |= right;
        cells[at + stride] |= below;
        cells[at + stride + 1] |= right && below;
      }
    }
  }
  return { cells, stride };
}

/**
 * The outermost pixels of every region of text, whose pixels touch by sides or corners, and of the rim of every hole,
 * whose pixels touch by sides: the borders that S. Suzuki and K. Abe follow (1985). Of each row the first and the last
 * are enough for a hull.
 */
function regions({ cells, stride }) {
  const sides = [-1, 1, -stride, stride];
  const around = [...sides, -stride - 1, -stride + 1, stride - 1, stride + 1];
  const seen = new Uint8Array(cells.length);
  const stack = [];
  const found = [];
  for (let start = 0; start < cells.length; start += 1) {
    if (seen[start]) {
      continue;
    }
    const isText = cells[start] === 1;
    const rows = new Map();
    seen[start] = 1;
    stack.push(start);
    while (stack.length > 0) {
      const at = stack.pop();
      if (isText) {
        note(rows, at, stride);
      }
      for (const offset of isText ? around : sides) {
        const next = at + offset;
        // The frame is no text and has nothing beyond it.
        if (next < 0 || next >= cells.length) {
          continue;
        }
        if (cells[next] !== cells[start]) {
          if (!isText) {
            note(rows, next, stride);
          }
        } else if (!seen[next]) {
          seen[next] = 1;
          stack.push(next);
        }
      }
    }
    // What begins at the first cell is the outside.
    if (start > 0) {
      found.push([...rows].flatMap(([y, [left, right]]) => [[left - 1, y - 1], [right - 1, y - 1]]));
    }
  }
  return found;
}

function note(rows, at, stride) {
  const [x, y] = [at % stride, Math.floor(at / stride)];
  const row = rows.get(y);
  if (row) {
    row[0] = Math.min(row[0], x);
    row[1] = Math.max(row[1], x);
  } else {
    rows.set(y, [x, x]);
  }
}

/** The mean of the map in a convex quadrilateral, the pixels of its outline included. */
function meanInside({ values, width, height }, corners) {
  const whole = corners.map((corner) => corner.map(Math.trunc));
  const rows = new Map();
  whole.forEach(([x, y], index) => {
    const [u, v] = whole[(index + 1) % 4];
    const steps = Math.max(Math.abs(u - x), Math.abs(v - y), 1);
    for (let step = 0; step <= steps; step += 1) {
      const [px, py] = [Math.round(x + ((u - x) * step) / steps), Math.round(y + ((v - y) * step) / steps)];
      const row = rows.get(py) ?? [px, px];
      rows.set(py, [Math.min(row[0], px), Math.max(row[1], px)]);
    }
  });
  let [total, count] = [0, 0];
  for (const [y, [left, right]] of rows) {
    if (y >= 0 && y < height) {
      for (let x = Math.max(0, left); x <= Math.min(right, width - 1); x += 1) {
        total += values[y * width + x];
        count += 1;
      }
    }
  }
  return count > 0 ? total / count : 0;
}

/** Corners of the map as pixels of the image. */
function inImage(corners, map, image) {
  const scaled = (value, from, to) => Math.min(Math.max(roundHalfEven((value / from) * to), 0), to - 1);
  return clockwise(corners.map(([x, y]) => [scaled(x, map.width, image.width), scaled(y, map.height, image.height)]));
}

/** From top to bottom; boxes whose upper left corners differ by less than 10 pixels in height from left to right. */
function inReadingOrder(boxes) {
  const corner = (box) => box.quadrilateral[0];
  const sorted = [...boxes].sort((a, b) => corner(a)[1] - corner(b)[1] || corner(a)[0] - corner(b)[0]);
  for (let end = 1; end < sorted.length; end += 1) {
    for (let at = end; at > 0; at -= 1) {
      const [before, after] = [corner(sorted[at - 1]), corner(sorted[at])];
      if (Math.abs(after[1] - before[1]) >= 10 || after[0] >= before[0]) {
        break;
      }
      [sorted[at - 1], sorted[at]] = [sorted[at], sorted[at - 1]];
    }
  }
  return sorted;
}
