// A fully connected layer over tokens, with bias and activation. One invocation
// computes 8 outputs of 8 tokens, in registers: an adapter without fast workgroup
// memory gains most from few loads per product.
//
// values [tokens, width], of which whole blocks of 8 tokens can be read and written
// weight [outputs, width]
// bias   [outputs]
// result [tokens, outputs]

override width: u32;
override outputs: u32;
/** 0 none, 1 gelu, 2 gelu by tanh, 3 relu */
override activation: u32;
override lanes: u32;

@group(0) @binding(0) var<storage, read> values: array<vec4f>;
@group(0) @binding(1) var<storage, read> weight: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> result: array<vec4f>;

/** The error function: Abramowitz and Stegun, 7.1.26; absolute error at most 1.5e-7. */
fn erf(x: vec4f) -> vec4f {
  let t = 1.0 / (1.0 + 0.3275911 * abs(x));
  let series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return sign(x) * (1.0 - series * exp(-x * x));
}

fn activated(x: vec4f) -> vec4f {
  switch activation {
    case 1: {
      return 0.5 * x * (1.0 + erf(x * 0.70710678));
    }
    case 2: {
      // tanh of more than 20 is 1, and overflows on some adapters.
      return 0.5 * x * (1.0 + tanh(clamp(0.79788456 * (x + 0.044715 * x * x * x), vec4f(-20.0), vec4f(20.0))));
    }
    case 3: {
      return max(x, vec4f(0.0));
    }
    default: {
      return x;
    }
  }
}

@compute @workgroup_size(lanes)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= outputs / 8) {
    return;
  }
  let vectors = width / 4;
  let value_at = id.y * 8 * vectors;
  let weight_at = id.x * 8 * vectors;
  let low_bias = bias[id.x * 2];
  let high_bias = bias[id.x * 2 + 1];
  var low0 = low_bias;
  var high0 = high_bias;
  var low1 = low_bias;
  var high1 = high_bias;
  var low2 = low_bias;
  var high2 = high_bias;
  var low3 = low_bias;
  var high3 = high_bias;
  var low4 = low_bias;
  var high4 = high_bias;
  var low5 = low_bias;
  var high5 = high_bias;
  var low6 = low_bias;
  var high6 = high_bias;
  var low7 = low_bias;
  var high7 = high_bias;

  for (var i = 0u; i < vectors; i++) {
    let at = weight_at + i;
    let low = mat4x4f(weight[at], weight[at + vectors], weight[at + 2 * vectors], weight[at + 3 * vectors]);
    let high = mat4x4f(weight[at + 4 * vectors], weight[at + 5 * vectors], weight[at + 6 * vectors], weight[at + 7 * vectors]);
    let value0 = values[value_at + i];
    low0 += value0 * low;
    high0 += value0 * high;
    let value1 = values[value_at + i + vectors];
    low1 += value1 * low;
    high1 += value1 * high;
    let value2 = values[value_at + i + 2 * vectors];
    low2 += value2 * low;
    high2 += value2 * high;
    let value3 = values[value_at + i + 3 * vectors];
    low3 += value3 * low;
    high3 += value3 * high;
    let value4 = values[value_at + i + 4 * vectors];
    low4 += value4 * low;
    high4 += value4 * high;
    let value5 = values[value_at + i + 5 * vectors];
    low5 += value5 * low;
    high5 += value5 * high;
    let value6 = values[value_at + i + 6 * vectors];
    low6 += value6 * low;
    high6 += value6 * high;
    let value7 = values[value_at + i + 7 * vectors];
    low7 += value7 * low;
    high7 += value7 * high;
  }

  let stride = outputs / 4;
  let result_at = id.y * 8 * stride + id.x * 2;
  result[result_at] = activated(low0);
  result[result_at + 1] = activated(high0);
  result[result_at + stride] = activated(low1);
  result[result_at + stride + 1] = activated(high1);
  result[result_at + 2 * stride] = activated(low2);
  result[result_at + 2 * stride + 1] = activated(high2);
  result[result_at + 3 * stride] = activated(low3);
  result[result_at + 3 * stride + 1] = activated(high3);
  result[result_at + 4 * stride] = activated(low4);
  result[result_at + 4 * stride + 1] = activated(high4);
  result[result_at + 5 * stride] = activated(low5);
  result[result_at + 5 * stride + 1] = activated(high5);
  result[result_at + 6 * stride] = activated(low6);
  result[result_at + 6 * stride + 1] = activated(high6);
  result[result_at + 7 * stride] = activated(low7);
  result[result_at + 7 * stride + 1] = activated(high7);
}
