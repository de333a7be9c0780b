// What each operator of a manifest means: the shapes that it demands, the override
// constants that its kernel is specialised by or the dimensions that it takes, and
// how many invocations one item needs. A new operator is one entry here and one file
// in `kernels`.
//
// A kernel binds, in group 0 and in this order: the step's inputs, its weights, its
// outputs, its dimensions if it takes any. Invocation (x, y) does part x of item y of
// the batch; where the geometry has `rows`, it does part x of tokens from y on.

import { textOperators } from "./text-operators.js";

/**
 * @typedef {object} Geometry
 * @property {number[]} shape of the output, without the batch
 * @property {Record<string, number>} [constants] of the kernel
 * @property {number[]} [dimensions] what the kernel takes in a uniform buffer instead, where layers of several shapes
 *   share its pipeline
 * @property {number} invocations per item, or per row of workgroups
 * @property {number} [lanes] width of a workgroup, where it is not for the runtime to choose
 * @property {number} [rows] tokens of the batch that one row of workgroups works on
 * @property {string} [code] the kernel's source, where it is made for the shape and the variant; it has no constants
 * @property {string} [pack] how the first of its weights is repacked; see `packings`
 * @property {boolean} [pools] whether it makes one result per item of tensors over tokens
 */

/**
 * By name: from the shapes of inputs and weights and the step's attributes to its
 * geometry, or undefined if they do not fit together. `maximumBatch` is the most items,
 * `tokenRows` the rows that a tensor over tokens has, `variant` that of the kernels.
 *
 * @type {Record<string, (inputs: number[][], weights: number[][], attributes: object, maximumBatch: number,
 *   setting: {variant: string, tokenRows: number}) => Geometry | undefined>}
 */
export const operators = {
  ...textOperators,

  conv2d([input], weights, { relu }, _, { variant }) {
    const [channels, height, width] = input;
    const [filters, filterChannels, filterHeight, filterWidth] = weights[0] ?? [];
    const fits =
      input.length === 3 &&
      weights.length === 2 &&
      weights[0].length === 4 &&
      filterChannels === channels &&
      filterHeight === 3 &&
      filterWidth === 3 &&
      isVector(weights[1], filters) &&
      typeof relu === "boolean";
    return fits
      ? {
          shape: [filters, height, width],
          dimensions: [channels, filters, height, width, Number(relu)],
          invocations: Math.ceil(width / 8) * height * Math.ceil(filters / 4),
          // The same for every layer, so that they share a pipeline.
          lanes: variant === "gpu" ? 64 : 16,
        }
      : undefined;
  },

  max_pool2d([input], weights, { size }) {
    const [channels, height, width] = input;
    const fits =
      input.length === 3 && weights.length === 0 && Number.isSafeInteger(size) && size > 0 && size <= Math.min(height, width);
    if (!fits) {
      return undefined;
    }
    const shape = [channels, Math.floor(height / size), Math.floor(width / size)];
    return { shape, constants: { channels, height, width, size }, invocations: elementCount(shape) };
  },

  dense([input], weights, { relu }) {
    const inputs = elementCount(input);
    const [outputs, weightInputs] = weights[0] ?? [];
    const fits =
      weights.length === 2 &&
      weights[0].length === 2 &&
      weightInputs === inputs &&
      isVector(weights[1], outputs) &&
      typeof relu === "boolean";
    return fits
      ? { shape: [outputs], constants: { inputs, outputs, relu: Number(relu) }, invocations: outputs }
      : undefined;
  },

  softmax([input], weights) {
    const fits = input.length === 1 && weights.length === 0;
    return fits ? { shape: input, constants: { length: input[0] }, invocations: 1 } : undefined;
  },
};

/** The number of elements of a tensor of this shape. */
export function elementCount(shape) {
  return shape.reduce((product, size) => product * size, 1);
}

function isVector(shape, length) {
  return shape.length === 1 && shape[0] === length;
}
