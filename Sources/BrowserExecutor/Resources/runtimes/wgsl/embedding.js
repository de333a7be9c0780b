// From vectors to checked embeddings.

import { ensure } from "./fault.js";

/** How far the length of a vector may be from 1. */
const lengthTolerance = 1e-3;

/** Decimal digits that tell every float32 from every other. */
const digits = 9;

/**
 * The embedding of each item. Throws `output_invalid` unless every vector is finite and
 * of length 1.
 *
 * @param {Float32Array} values of `count` items, packed
 * @param {number} width elements of one embedding
 */
export function embeddings(values, count, width) {
  ensure(values.length === count * width, "output_invalid", `${values.length} values came back, not ${count * width}`);
  return Array.from({ length: count }, (_, item) => {
    const vector = values.subarray(item * width, (item + 1) * width);
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    const isOne = Math.abs(length - 1) <= lengthTolerance;
    ensure(isOne, "output_invalid", `output ${item}: the embedding has the length ${length}, not 1`, { output: item });
    return { embedding: Array.from(vector, (value) => Number(value.toPrecision(digits))) };
  });
}
