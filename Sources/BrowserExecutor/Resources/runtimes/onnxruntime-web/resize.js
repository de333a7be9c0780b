// Images made larger or smaller, to the bit as OpenCV's `resize` does it with INTER_LINEAR
// on 8-bit pixels: models were trained on what it gives.

/** Fractions of a pixel are counted in 2048ths. */
const unit = 2048;

/**
 * Bilinear interpolation without smoothing.
 *
 * Along a row the sums of both neighbours are exact; down a column their upper 16 bits are
 * taken of each product, which the last two bits round. Exactly half as large means the
 * mean of four.
 *
 * @param {{width: number, height: number, pixels: Uint8Array | Uint8ClampedArray}} image
 *   three channels, interleaved
 */
export function resized(image, width, height) {
  if (image.width === 2 * width && image.height === 2 * height) {
    return halved(image);
  }
  const pixels = new Uint8Array(width * height * 3);
  const columns = positions(image.width, width, true);
  const rows = positions(image.height, height, false);
  // Two rows of the source, interpolated along x; most rows of the result share them.
  const cache = new Map();
  const row = (y) => {
    if (!cache.has(y)) {
      if (cache.size === 2) {
        cache.delete(cache.keys().next().value);
      }
      cache.set(y, alongX(image, y, columns, width));
    }
    return cache.get(y);
  };
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    const above = row(rows.first[y]);
    const below = row(rows.second[y]);
    const upper = rows.firstWeight[y];
    const lower = rows.secondWeight[y];
    for (let x = 0; x < width * 3; x += 1) {
      pixels[at] = (((upper * (above[x] >> 4)) >> 16) + ((lower * (below[x] >> 4)) >> 16) + 2) >> 2;
      at += 1;
    }
  }
  return { width, height, pixels };
}

function alongX({ width: stride, pixels }, y, { first, second, firstWeight, secondWeight }, width) {
  const sums = new Int32Array(width * 3);
  const start = y * stride * 3;
  for (let x = 0; x < width; x += 1) {
    const left = start + first[x] * 3;
    const right = start + second[x] * 3;
    for (let channel = 0; channel < 3; channel += 1) {
      sums[x * 3 + channel] = pixels[left + channel] * firstWeight[x] + pixels[right + channel] * secondWeight[x];
    }
  }
  return sums;
}

/** Both neighbours of each pixel of the result and their weights. At the edge a column has one neighbour, a row twice the same. */
function positions(from, to, isColumn) {
  const scale = 1 / (to / from);
  const [first, second, firstWeight, secondWeight] = [0, 1, 2, 3].map(() => new Int32Array(to));
  const inside = (index) => Math.min(Math.max(index, 0), from - 1);
  for (let index = 0; index < to; index += 1) {
    const place = Math.fround((index + 0.5) * scale - 0.5);
    const whole = Math.floor(place);
    const isAtEdge = isColumn && (whole < 0 || whole >= from - 1);
    const fraction = isAtEdge ? 0 : Math.fround(place - whole);
    first[index] = inside(whole);
    second[index] = inside(whole + 1);
    firstWeight[index] = roundHalfEven(Math.fround(1 - fraction) * unit);
    secondWeight[index] = roundHalfEven(fraction * unit);
  }
  return { first, second, firstWeight, secondWeight };
}

function halved({ width: stride, height, pixels }) {
  const width = stride / 2;
  const half = new Uint8Array(width * (height / 2) * 3);
  let at = 0;
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < stride; x += 2) {
      const corner = (y * stride + x) * 3;
      const below = corner + stride * 3;
      for (let channel = 0; channel < 3; channel += 1) {
        const sum = pixels[corner + channel] + pixels[corner + 3 + channel] + pixels[below + channel] + pixels[below + 3 + channel];
        half[at] = (sum + 2) >> 2;
        at += 1;
      }
    }
  }
  return { width, height: height / 2, pixels: half };
}

/** Rounds, halves to the even neighbour (IEEE 754), as Python and OpenCV do. */
export function roundHalfEven(value) {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) {
    return rest < 0.5 ? below : below + 1;
  }
  return below % 2 === 0 ? below : below + 1;
}
