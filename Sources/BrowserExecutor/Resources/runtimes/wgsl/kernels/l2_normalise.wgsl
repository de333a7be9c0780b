// Each item's vector at length 1. One invocation computes one item.
//
// values [batch, width]
// result [batch, width]

override width: u32;
override lanes: u32;

@group(0) @binding(0) var<storage, read> values: array<f32>;
@group(0) @binding(1) var<storage, read_write> result: array<f32>;

@compute @workgroup_size(lanes)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x > 0) {
    return;
  }
  let start = id.y * width;
  var squares = 0.0;
  for (var i = 0u; i < width; i++) {
    squares += values[start + i] * values[start + i];
  }
  let factor = 1.0 / max(sqrt(squares), 1e-12);
  for (var i = 0u; i < width; i++) {
    result[start + i] = values[start + i] * factor;
  }
}
