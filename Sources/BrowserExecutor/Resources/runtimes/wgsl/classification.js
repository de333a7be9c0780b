// From probabilities to checked labels.

import { ensure } from "./fault.js";

/** How far the sum of an item's probabilities may be from 1. */
const sumTolerance = 1e-3;

/**
 * The most probable class of each item. Throws `output_invalid` unless every item has
 * finite probabilities from 0 to 1 whose sum is 1.
 *
 * @param {Float32Array} values of `count` items, packed
 * @param {string[]} classes
 * @param {boolean} withScores whether to return the probability of every class too
 */
export function classify(values, count, classes, withScores) {
  const width = classes.length;
  ensure(values.length === count * width, "output_invalid", `${values.length} values came back, not ${count * width}`);
  return Array.from({ length: count }, (_, item) => {
    const scores = values.subarray(item * width, (item + 1) * width);
    ensureDistribution(scores, item);
    const best = scores.indexOf(scores.reduce((largest, score) => Math.max(largest, score)));
    const output = { label: classes[best], score: scores[best] };
    return withScores ? { ...output, scores: Array.from(scores) } : output;
  });
}

function ensureDistribution(scores, item) {
  const bad = scores.findIndex((score) => !(score >= 0 && score <= 1));
  ensure(bad === -1, "output_invalid", `output ${item}: the probability of class ${bad} is ${scores[bad]}`, { output: item });
  const sum = scores.reduce((total, score) => total + score, 0);
  const isOne = Math.abs(sum - 1) <= sumTolerance;
  ensure(isOne, "output_invalid", `output ${item}: the probabilities add up to ${sum}`, { output: item });
}
