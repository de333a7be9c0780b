// Scaled dot-product attention of each token to the tokens of its own item, in one pass:
// when a score is larger than all before it, what was summed so far is scaled down to it.
//
// query, key, value [tokens, heads, head width]
// tokens            first and end of each item, then id and item of each token
// result            [tokens, heads, head width]

import { each, exponential, lanesFor } from "./source.js";


/** Less than any score. */
const lowest = "-3.0e38";

const bindings = ({ tokenRows, width, items }) => `
@group(0) @binding(0) var<storage, read> query: array<vec4f, ${(tokenRows * width) / 4}>;
@group(0) @binding(1) var<storage, read> key: array<vec4f, ${(tokenRows * width) / 4}>;
@group(0) @binding(2) var<storage, read> value: array<vec4f, ${(tokenRows * width) / 4}>;
@group(0) @binding(3) var<storage, read> tokens: array<vec2u, ${items + tokenRows}>;
@group(0) @binding(4) var<storage, read_write> result: array<vec4f, ${(tokenRows * width) / 4}>;
${exponential}`;

/**
 * What `attention` is in a variant: its source, and its work for a row of workgroups.
 *
 * @param {string} variant
 * @param {{tokenRows: number, width: number, heads: number, items: number}} shape
 */
export function attention(variant, shape) {
  return variant === "gpu" ? workgroups(shape) : registers(shape);
}

/**
 * One invocation computes one head of 4 tokens, against 4 other tokens at a time: each key
 * and value is loaded once for four. The tokens may be of several items; it goes over the
 * tokens of all these and gives those of other items no weight.
 */
function registers(shape) {
  const { width, heads } = shape;
  const vectors = width / 4;
  const head = vectors / heads;
  const four = [0, 1, 2, 3];
  const lanes = lanesFor(heads, 16);
  const code = `${bindings(shape)}

@compute @workgroup_size(${lanes})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let token = id.y * 4;
  let part = id.x * ${head};
  ${each(4, (q) => `let span${q} = tokens[tokens[${shape.items} + token + ${q}].y];
  var largest${q} = ${lowest};
  var total${q} = 0.0;`)}
  ${each(4, (q) => each(head, (i) => `let own${q}_${i} = query[(token + ${q}) * ${vectors} + part + ${i}] * ${1 / Math.sqrt(head * 4)};
  var sum${q}_${i} = vec4f(0.0);`))}
  let end = span3.y;
  for (var other = span0.x; other < end; other += 4) {
    let others = vec4u(other, other + 1, other + 2, other + 3);
    let rows = min(others, vec4u(end - 1)) * ${vectors} + part;
    ${each(4, (j) => `
    ${each(head, (i) => `let key${j}_${i} = key[rows[${j}] + ${i}];`)}
    ${each(4, (q) => `let products${q}_${j} = ${Array.from({ length: head }, (_, i) => `own${q}_${i} * key${j}_${i}`).join(" + ")};`)}`)}
    ${each(4, (q) => `
    let counts${q} = (others >= vec4u(span${q}.x)) & (others < vec4u(span${q}.y));
    let scores${q} = select(vec4f(${lowest}), vec4f(${four.map((j) => `dot(products${q}_${j}, vec4f(1.0))`).join(", ")}), counts${q});
    let highest${q} = max(largest${q}, max(max(scores${q}.x, scores${q}.y), max(scores${q}.z, scores${q}.w)));
    let shrink${q} = exponential(vec4f(largest${q} - highest${q})).x;
    let weights${q} = select(vec4f(0.0), exponential(scores${q} - highest${q}), counts${q});
    largest${q} = highest${q};
    total${q} = total${q} * shrink${q} + dot(weights${q}, vec4f(1.0));`)}
    ${each(head, (i) => `
    ${each(4, (j) => `let value${j}_${i} = value[rows[${j}] + ${i}];`)}
    ${each(4, (q) => `sum${q}_${i} = sum${q}_${i} * shrink${q} + ${four.map((j) => `weights${q}[${j}] * value${j}_${i}`).join(" + ")};`)}`)}
  }
  ${each(4, (q) => each(head, (i) => `result[(token + ${q}) * ${vectors} + part + ${i}] = sum${q}_${i} / total${q};`))}
}`;
  return { code, invocations: heads, lanes, rows: 4 };
}

/**
 * A workgroup computes one head of one token: each of its 64 invocations scores one other
 * token, and then sums up elements of the head over these 64.
 */
function workgroups(shape) {
  const { width, heads, items } = shape;
  const vectors = width / 4;
  const head = vectors / heads;
  // Elements that an invocation sums up: more than one where a head is wider than the workgroup.
  const elements = Math.ceil((head * 4) / 64);
  const reduced = (join) => `
    for (var step = 32u; step > 0; step /= 2) {
      workgroupBarrier();
      if (lane < step) {
        shared_values[lane] = ${join("shared_values[lane]", "shared_values[lane + step]")};
      }
    }
    workgroupBarrier();`;
  const code = `${bindings(shape)}
var<workgroup> own: array<vec4f, ${head}>;
var<workgroup> weights: array<f32, 64>;
var<workgroup> shared_values: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let part = group.x * ${head};
  let span = tokens[tokens[${items} + group.y].y];
  if (lane < ${head}) {
    own[lane] = query[group.y * ${vectors} + part + lane] * ${1 / Math.sqrt(head * 4)};
  }
  workgroupBarrier();
  ${each(elements, (e) => `var sum${e} = 0.0;`)}
  var largest = ${lowest};
  var total = 0.0;
  for (var first = span.x; first < span.y; first += 64) {
    let other = first + lane;
    var score = ${lowest};
    if (other < span.y) {
      var products = vec4f(0.0);
      for (var i = 0u; i < ${head}; i++) {
        products += own[i] * key[other * ${vectors} + part + i];
      }
      score = dot(products, vec4f(1.0));
    }
    shared_values[lane] = score;
    ${reduced((left, right) => `max(${left}, ${right})`)}
    let highest = max(largest, shared_values[0]);
    let shrink = exp(largest - highest);
    let weight = select(0.0, exp(score - highest), other < span.y);
    largest = highest;
    weights[lane] = weight;
    workgroupBarrier();
    shared_values[lane] = weight;
    ${reduced((left, right) => `${left} + ${right}`)}
    total = total * shrink + shared_values[0];
    let count = min(64u, span.y - first);
    ${each(
      elements,
      (e) => `if (lane + ${64 * e} < ${head * 4}) {
      let element = lane + ${64 * e};
      sum${e} *= shrink;
      for (var j = 0u; j < count; j++) {
        sum${e} += weights[j] * value[(first + j) * ${vectors} + part + element / 4][element % 4];
      }
    }`,
    )}
    workgroupBarrier();
  }
  ${each(
    elements,
    (e) => `if (lane + ${64 * e} < ${head * 4}) {
    let element = lane + ${64 * e};
    result[group.y * ${vectors} + part + element / 4][element % 4] = sum${e} / total;
  }`,
  )}
}`;
  return { code, invocations: heads, lanes: 1, rows: 1 };
}
