// Images: decoded by the browser, resized and normalised as a model's manifest says.

import { ensure } from "./fault.js";
import { resized, roundHalfEven } from "./resize.js";

/** The most pixels of an image, and of what a network is given: beyond it, a page runs out of memory. */
const maximumPixels = 50e6;
const maximumNetworkPixels = 8e6;

/**
 * The pixels of an image file, turned as its EXIF orientation says; what is transparent lies over white.
 *
 * @returns {Promise<{width: number, height: number, pixels: Uint8Array}>} red, green and blue, interleaved
 */
export async function decoded({ name, bytes }) {
  let bitmap;
  try {
    // As the file has them: colour profiles are not applied, as libraries for training do not.
    bitmap = await createImageBitmap(new Blob([bytes]), { colorSpaceConversion: "none" });
  } catch (thrown) {
    ensure(false, "input_invalid", `${name} is no image that the browser can decode: ${thrown?.message ?? thrown}`);
  }
  const { width, height } = bitmap;
  try {
    ensure(width * height <= maximumPixels, "input_invalid", `${name} has ${width}×${height} pixels; ${maximumPixels} are possible`);
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    context.fillStyle = "white";
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    const pixels = new Uint8Array(width * height * 3);
    for (let from = 0, to = 0; to < pixels.length; from += 4, to += 3) {
      pixels[to] = data[from];
      pixels[to + 1] = data[from + 1];
      pixels[to + 2] = data[from + 2];
    }
    return { width, height, pixels };
  } finally {
    bitmap.close();
  }
}

/**
 * The tensor [1, 3, height, width] of an image.
 *
 * @param {object} options `image` of the manifest's input
 * @returns {{width: number, height: number, values: Float32Array}}
 */
export function prepared(image, options, name) {
  ensure(options.fit || options.limit, "model_invalid", "input.image says neither fit nor limit");
  return options.fit ? fitted(image, options) : limited(image, options, name);
}

/** As high as wanted, as wide as it then is or at most as wanted; what is left of the width is 0. */
function fitted(image, options) {
  const { width, height } = options.fit;
  const own = Math.min(width, Math.ceil(height * (image.width / image.height)));
  return normalised(resized(image, own, height), options, width);
}

/** Both sides multiples, the longer one not above its limit, the shorter one not below its own, which comes last. */
function limited(given, options, name) {
  const { shortest, longest, multiple } = options.limit;
  const near = (side, ratio) => roundHalfEven(Math.trunc(side * ratio) / multiple) * multiple;
  const scaled = ({ width, height }, ratio) => {
    const sides = [near(width, ratio), near(height, ratio)];
    const fits = sides[0] > 0 && sides[1] > 0 && sides[0] * sides[1] <= maximumNetworkPixels;
    ensure(fits, "input_invalid", `${name} is too long for its other side: ${given.width}×${given.height} pixels become ${sides.join("×")}`);
    return sides;
  };
  let image = given;
  const long = Math.max(image.width, image.height);
  if (long > longest) {
    image = resized(image, ...scaled(image, longest / long));
  }
  const short = Math.min(image.width, image.height);
  return normalised(resized(image, ...scaled(image, short < shortest ? shortest / short : 1)), options);
}

/** Channels one after the other, each value (value ÷ 255 − mean) ÷ deviation. */
function normalised({ width: own, height, pixels }, { order, mean, deviation }, width = own) {
  const table = Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean) / deviation);
  const values = new Float32Array(3 * width * height);
  for (let channel = 0; channel < 3; channel += 1) {
    const source = order === "bgr" ? 2 - channel : channel;
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < own; x += 1) {
        values[(channel * height + y) * width + x] = table[pixels[(y * own + x) * 3 + source]];
      }
    }
  }
  return { width, height, values };
}
