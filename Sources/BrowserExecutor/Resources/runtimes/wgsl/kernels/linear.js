// A fully connected layer over tokens, with bias and activation.
//
// values [tokens, width], of which whole blocks of 8 tokens can be read and written
// weight [outputs, width], repacked for the variant
// bias   [outputs]
// result [tokens, outputs]
//
// The sources are made for one shape: arrays of known size are checked with one
// comparison, and loops over registers are written out.

import { activationSource, each, lanesFor } from "./source.js";

/** The bindings, with the weights in elements of `weightType`. */
const bindings = ({ tokenRows, width, outputs }, weightType, weightBytes) => `
@group(0) @binding(0) var<storage, read> values: array<vec4f, ${(tokenRows * width) / 4}>;
@group(0) @binding(1) var<storage, read> weight: array<${weightType}, ${(outputs * width * 4) / weightBytes}>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f, ${outputs / 4}>;
@group(0) @binding(3) var<storage, read_write> result: array<vec4f, ${(tokenRows * outputs) / 4}>;`;

/**
 * What `linear` is in a variant: its source, its weights' packing, and its work for a row
 * of workgroups.
 *
 * @param {string} variant
 * @param {{tokenRows: number, width: number, outputs: number, activation: string}} shape
 */
export function linear(variant, shape) {
  if (variant === "gpu") {
    return tiles(shape);
  }
  return variant === "software-subgroups" && shape.outputs % 16 === 0 ? quads(shape) : registers(shape);
}

/**
 * Four invocations compute 8 tokens × 16 outputs. Each loads the values of two of the
 * tokens and the weights of four of the outputs. Values go round: an invocation has the
 * sums of its own tokens, and of those of its neighbours at a distance of 1, 2 and 3.
 */
function quads(shape) {
  const { width, outputs, activation } = shape;
  const vectors = width / 4;
  const blocks = outputs / 16;
  const lanes = lanesFor(blocks, 8);
  const swaps = ["", "quadSwapX", "quadSwapY", "quadSwapDiagonal"];
  const code = `enable subgroups;
${bindings(shape, "mat4x4f", 64)}
${activationSource(activation)}

@compute @workgroup_size(4, ${lanes})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let block = group.x * ${lanes} + local.y;
  let token = group.y * 8;
  let start = bias[block * 4 + lane];
  ${each(2, (g) => each(4, (d) => `var sum${g}_${d} = start;`))}
  ${each(2, (g) => `let at${g} = (token + ${4 * g} + lane) * ${vectors};`)}
  let weight_at = block * ${vectors * 4} + lane;
  for (var i = 0u; i < ${vectors}; i++) {
    let factors = weight[weight_at + i * 4];
    ${each(2, (g) => `let value${g}_0 = values[at${g} + i];`)}
    ${each(2, (g) => each(3, (d) => `let value${g}_${d + 1} = ${swaps[d + 1]}(value${g}_0);`))}
    ${each(4, (k) => each(2, (g) => each(4, (d) => `sum${g}_${d} += value${g}_${d}[${k}] * factors[${k}];`)))}
  }
  ${each(2, (g) => each(4, (d) => `result[(token + ${4 * g} + (lane ^ ${d})) * ${outputs / 4} + block * 4 + lane] = activated(sum${g}_${d});`))}
}`;
  return { code, pack: "quads", invocations: blocks, lanes, rows: 8 };
}

/** One invocation computes 8 tokens × 8 outputs. */
function registers(shape) {
  const { width, outputs, activation } = shape;
  const vectors = width / 4;
  const blocks = outputs / 8;
  const lanes = lanesFor(blocks, 16);
  const code = `${bindings(shape, "mat4x4f", 64)}
${activationSource(activation)}

@compute @workgroup_size(${lanes})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let token = id.y * 8;
  ${each(8, (r) => each(2, (c) => `var sum${r}_${c} = bias[id.x * 2 + ${c}];`))}
  for (var i = 0u; i < ${vectors}; i++) {
    let at = (id.x * ${vectors} + i) * 2;
    let low = weight[at];
    let high = weight[at + 1];
    ${each(8, (r) => `let value${r} = values[(token + ${r}) * ${vectors} + i];
    sum${r}_0 += low * value${r};
    sum${r}_1 += high * value${r};`)}
  }
  ${each(8, (r) => each(2, (c) => `result[(token + ${r}) * ${outputs / 4} + id.x * 2 + ${c}] = activated(sum${r}_${c});`))}
}`;
  return { code, pack: "pairs", invocations: blocks, lanes, rows: 8 };
}

/**
 * A workgroup computes 32 tokens × 64 outputs, each of its 128 invocations 4 × 4, from
 * tiles of 16 values' width in workgroup memory.
 */
function tiles(shape) {
  const { tokenRows, width, outputs, activation } = shape;
  const vectors = width / 4;
  const columns = outputs / 4;
  const code = `${bindings(shape, "vec4f", 16)}
${activationSource(activation)}

// [token][width] and [width][output], in vectors of four.
var<workgroup> value_tile: array<array<vec4f, 4>, 32>;
var<workgroup> weight_tile: array<array<vec4f, 16>, 16>;

@compute @workgroup_size(16, 8)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let token = group.y * 32;
  let column = group.x * 16;
  ${each(4, (r) => `var sum${r} = vec4f(0.0);`)}
  for (var i = 0u; i < ${vectors}; i += 4) {
    let value_row = token + index / 4;
    let value_at = i + index % 4;
    var value = vec4f(0.0);
    if (value_row < ${tokenRows} && value_at < ${vectors}) {
      value = values[value_row * ${vectors} + value_at];
    }
    value_tile[index / 4][index % 4] = value;
    for (var half = 0u; half < 2; half++) {
      let weight_row = local.y + half * 8;
      var factors = vec4f(0.0);
      if (i * 4 + weight_row < ${width} && column + local.x < ${columns}) {
        factors = weight[(i * 4 + weight_row) * ${columns} + column + local.x];
      }
      weight_tile[weight_row][local.x] = factors;
    }
    workgroupBarrier();
    for (var j = 0u; j < 4; j++) {
      ${each(4, (k) => `let factors${k} = weight_tile[j * 4 + ${k}][local.x];`)}
      ${each(4, (r) => `let value${r} = value_tile[local.y * 4 + ${r}][j];
      sum${r} += ${["x", "y", "z", "w"].map((axis, k) => `value${r}.${axis} * factors${k}`).join(" + ")};`)}
    }
    workgroupBarrier();
  }
  if (column + local.x < ${columns}) {
    let added = bias[column + local.x];
    ${each(4, (r) => `if (token + local.y * 4 + ${r} < ${tokenRows}) {
      result[(token + local.y * 4 + ${r}) * ${columns} + column + local.x] = activated(sum${r} + added);
    }`)}
  }
}`;
  return { code, pack: "columns", invocations: Math.ceil(columns / 16), lanes: 1, rows: 32 };
}

/**
 * How a matrix [outputs, width] is repacked, by the name that a variant gives:
 *
 *   quads    blocks of 16 outputs; in them for each 4 of the width, and then for each 4
 *            outputs, a matrix whose columns are steps along the width
 *   pairs    the same with blocks of 8 outputs
 *   columns  [width, outputs]
 *
 * @type {Record<string, (values: Float32Array, shape: number[]) => Float32Array>}
 */
export const packings = {
  quads: (values, shape) => blocked(values, shape, 16),
  pairs: (values, shape) => blocked(values, shape, 8),
  columns(values, [outputs, width]) {
    const packed = new Float32Array(values.length);
    for (let output = 0; output < outputs; output += 1) {
      for (let k = 0; k < width; k += 1) {
        packed[k * outputs + output] = values[output * width + k];
      }
    }
    return packed;
  },
};

function blocked(values, [outputs, width], block) {
  const packed = new Float32Array(values.length);
  let at = 0;
  for (let first = 0; first < outputs; first += block) {
    for (let start = 0; start < width; start += 4) {
      for (let four = first; four < first + block; four += 4) {
        for (let k = start; k < start + 4; k += 1) {
          for (let output = four; output < four + 4; output += 1) {
            packed[at] = values[output * width + k];
            at += 1;
          }
        }
      }
    }
  }
  return packed;
}
