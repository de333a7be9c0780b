// Fully connected layer with bias and optional relu. One invocation computes one
// output, four products at a time.
//
// values [batch, inputs]
// weight [outputs, inputs]
// bias   [outputs]
// result [batch, outputs]

override inputs: u32;
override outputs: u32;
override relu: bool;
override lanes: u32;

@group(0) @binding(0) var<storage, read> values: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

@compute @workgroup_size(lanes)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= outputs) {
    return;
  }
  let value_at = id.y * inputs;
  let weight_at = id.x * inputs;
  let whole = inputs - inputs % 4;

  var sums = vec4f(0.0);
  for (var i = 0u; i < whole; i += 4) {
    let value = vec4f(values[value_at + i], values[value_at + i + 1], values[value_at + i + 2], values[value_at + i + 3]);
    let factor = vec4f(weight[weight_at + i], weight[weight_at + i + 1], weight[weight_at + i + 2], weight[weight_at + i + 3]);
    sums += value * factor;
  }
  var sum = bias[id.x] + sums.x + sums.y + sums.z + sums.w;
  for (var i = whole; i < inputs; i++) {
    sum += values[value_at + i] * weight[weight_at + i];
  }
  if (relu) {
    sum = max(sum, 0.0);
  }
  result[id.y * outputs + id.x] = sum;
}
