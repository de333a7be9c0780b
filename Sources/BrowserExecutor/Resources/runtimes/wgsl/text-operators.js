// The operators of text encoders. Their tensors are [most tokens of an item, width];
// in the buffers the tokens of a batch follow one another without padding, so that
// the work done is that of the tokens that are there.
//
// The input tensor of such a model tells which token belongs where; see `gatherTokens`.

import { attention } from "./kernels/attention.js";
import { layerNorm } from "./kernels/layer_norm.js";
import { linear } from "./kernels/linear.js";
import { activations } from "./kernels/source.js";

/** What the outputs of `linear` are a multiple of, as its kernel is unrolled. */
const outputBlock = 8;

/** The widest head that the kernel of `attention` has room for. */
const maximumHeadWidth = 128;

/** @type {typeof import("./operators.js").operators} */
export const textOperators = {
  embedding([tokens], weights, _, maximumBatch) {
    const [words, positions, types] = weights;
    const width = words?.[1];
    const fits =
      tokens.length === 1 &&
      weights.length === 3 &&
      weights.every((table) => table.length === 2 && table[1] === width) &&
      positions[0] >= tokens[0] &&
      types[0] >= 1 &&
      width % 4 === 0;
    return fits
      ? { shape: [tokens[0], width], constants: { width, items: maximumBatch }, invocations: width / 4, rows: 1 }
      : undefined;
  },

  layer_norm([input], weights, { epsilon }, _, { variant, tokenRows }) {
    const width = input[1];
    const fits =
      isTokens(input) &&
      weights.length === 2 &&
      weights.every((vector) => vector.length === 1 && vector[0] === width) &&
      Number.isFinite(epsilon) &&
      epsilon >= 0;
    return fits ? { shape: input, ...layerNorm(variant, { tokenRows, width, epsilon }) } : undefined;
  },

  linear([input], weights, { activation }, _, { variant, tokenRows }) {
    const [outputs, width] = weights[0] ?? [];
    const fits =
      isTokens(input) &&
      weights.length === 2 &&
      weights[0].length === 2 &&
      width === input[1] &&
      outputs % outputBlock === 0 &&
      weights[1].length === 1 &&
      weights[1][0] === outputs &&
      activations.includes(activation);
    return fits
      ? { shape: [input[0], outputs], ...linear(variant, { tokenRows, width, outputs, activation }) }
      : undefined;
  },

  attention([query, key, value, tokens], weights, { heads }, maximumBatch, { variant, tokenRows }) {
    const same = [key, value].every((shape) => shape?.join() === query.join());
    const headWidth = query[1] / heads;
    const fits =
      isTokens(query) &&
      same &&
      tokens?.length === 1 &&
      weights.length === 0 &&
      Number.isSafeInteger(headWidth) &&
      headWidth % 4 === 0 &&
      headWidth <= maximumHeadWidth;
    return fits
      ? { shape: query, ...attention(variant, { tokenRows, width: query[1], heads, items: maximumBatch }) }
      : undefined;
  },

  add([left, right], weights) {
    const fits = isTokens(left) && right?.join() === left.join() && weights.length === 0;
    return fits ? { shape: left, constants: { width: left[1] }, invocations: left[1] / 4, rows: 1 } : undefined;
  },

  pool_tokens([input, tokens], weights, { mode }) {
    const fits = isTokens(input) && tokens?.length === 1 && weights.length === 0 && ["mean", "cls"].includes(mode);
    const constants = { width: input[1], first_only: Number(mode === "cls") };
    return fits ? { shape: [input[1]], constants, invocations: input[1] / 4, pools: true } : undefined;
  },

  l2_normalise([input], weights) {
    const fits = input.length === 1 && weights.length === 0;
    return fits ? { shape: input, constants: { width: input[0] }, invocations: 1 } : undefined;
  },
};

/** Whether a tensor has a row of whole vectors for each token. */
function isTokens(shape) {
  return shape?.length === 2 && shape[1] % 4 === 0;
}
