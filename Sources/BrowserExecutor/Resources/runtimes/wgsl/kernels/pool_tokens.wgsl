// One vector for each item: the mean of its tokens, or its first token. One
// invocation computes four elements of one item.
//
// values [tokens, width]
// tokens first and end of each item, then id and item of each token
// result [batch, width]

override width: u32;
override first_only: bool;
override lanes: u32;

@group(0) @binding(0) var<storage, read> values: array<vec4f>;
@group(0) @binding(1) var<storage, read> tokens: array<vec2u>;
@group(0) @binding(2) var<storage, read_write> result: array<vec4f>;

@compute @workgroup_size(lanes)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let vectors = width / 4;
  if (id.x >= vectors) {
    return;
  }
  let span = tokens[id.y];
  let end = select(span.y, span.x + 1, first_only);
  var sum = vec4f(0.0);
  for (var token = span.x; token < end; token++) {
    sum += values[token * vectors + id.x];
  }
  result[id.y * vectors + id.x] = sum / f32(end - span.x);
}
