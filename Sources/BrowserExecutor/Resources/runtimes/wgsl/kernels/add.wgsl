// The sum of two tensors. One invocation computes four elements of one token.
//
// left, right, result [tokens, width]

override width: u32;
override lanes: u32;

@group(0) @binding(0) var<storage, read> left: array<vec4f>;
@group(0) @binding(1) var<storage, read> right: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> result: array<vec4f>;

@compute @workgroup_size(lanes)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < width / 4) {
    let at = id.y * (width / 4) + id.x;
    result[at] = left[at] + right[at];
  }
}
