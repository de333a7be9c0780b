// Softmax over all values of an item. The largest value is taken off first, so
// that no exponential overflows. One invocation per item.
//
// values [batch, length]
// result [batch, length]

override length: u32;
override lanes: u32;

@group(0) @binding(0) var<storage, read> values: array<f32>;
@group(0) @binding(1) var<storage, read_write> result: array<f32>;

@compute @workgroup_size(lanes)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x > 0) {
    return;
  }
  let at = id.y * length;

  var largest = values[at];
  for (var i = 1u; i < length; i++) {
    largest = max(largest, values[at + i]);
  }
  var sum = 0.0;
  for (var i = 0u; i < length; i++) {
    sum += exp(values[at + i] - largest);
  }
  for (var i = 0u; i < length; i++) {
    result[at + i] = exp(values[at + i] - largest) / sum;
  }
}
