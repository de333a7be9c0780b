// Each token's values at mean 0 and variance 1, then scaled and shifted.
//
// values [tokens, width]
// scale  [width]
// shift  [width]
// result [tokens, width]

const bindings = ({ tokenRows, width }) => `
@group(0) @binding(0) var<storage, read> values: array<vec4f, ${(tokenRows * width) / 4}>;
@group(0) @binding(1) var<storage, read> scale: array<vec4f, ${width / 4}>;
@group(0) @binding(2) var<storage, read> shift: array<vec4f, ${width / 4}>;
@group(0) @binding(3) var<storage, read_write> result: array<vec4f, ${(tokenRows * width) / 4}>;`;

/**
 * What `layer_norm` is in a variant: its source, and its work for a row of workgroups.
 *
 * @param {string} variant
 * @param {{tokenRows: number, width: number, epsilon: number}} shape
 */
export function layerNorm(variant, shape) {
  return variant === "gpu" ? workgroups(shape) : invocations(shape);
}

/** One invocation computes one token. */
function invocations(shape) {
  const vectors = shape.width / 4;
  const code = `${bindings(shape)}

@compute @workgroup_size(1, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let start = id.y * ${vectors};
  var sums = vec4f(0.0);
  for (var i = 0u; i < ${vectors}; i++) {
    sums += values[start + i];
  }
  let mean = dot(sums, vec4f(1.0)) / ${shape.width};
  var squares = vec4f(0.0);
  for (var i = 0u; i < ${vectors}; i++) {
    let difference = values[start + i] - mean;
    squares += difference * difference;
  }
  let factor = 1.0 / sqrt(dot(squares, vec4f(1.0)) / ${shape.width} + ${shape.epsilon});
  for (var i = 0u; i < ${vectors}; i++) {
    result[start + i] = (values[start + i] - mean) * factor * scale[i] + shift[i];
  }
}`;
  return { code, invocations: 1, lanes: 1, rows: 8 };
}

/** A workgroup computes one token. */
function workgroups(shape) {
  const vectors = shape.width / 4;
  const code = `${bindings(shape)}
var<workgroup> partial: array<vec4f, 64>;

fn total(lane: u32, own: vec4f) -> f32 {
  partial[lane] = own;
  for (var step = 32u; step > 0; step /= 2) {
    workgroupBarrier();
    if (lane < step) {
      partial[lane] += partial[lane + step];
    }
  }
  workgroupBarrier();
  let sum = dot(partial[0], vec4f(1.0));
  workgroupBarrier();
  return sum;
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let start = group.y * ${vectors};
  var sums = vec4f(0.0);
  for (var i = lane; i < ${vectors}; i += 64) {
    sums += values[start + i];
  }
  let mean = total(lane, sums) / ${shape.width};
  var squares = vec4f(0.0);
  for (var i = lane; i < ${vectors}; i += 64) {
    let difference = values[start + i] - mean;
    squares += difference * difference;
  }
  let factor = 1.0 / sqrt(total(lane, squares) / ${shape.width} + ${shape.epsilon});
  for (var i = lane; i < ${vectors}; i += 64) {
    result[start + i] = (values[start + i] - mean) * factor * scale[i] + shift[i];
  }
}`;
  return { code, invocations: 1, lanes: 1, rows: 1 };
}
