// Each token's values at mean 0 and variance 1, then scaled and shifted. One
// invocation computes one token.
//
// values [tokens, width]
// scale  [width]
// shift  [width]
// result [tokens, width]

override width: u32;
override epsilon: f32;
override lanes: u32;

@group(0) @binding(0) var<storage, read> values: array<vec4f>;
@group(0) @binding(1) var<storage, read> scale: array<vec4f>;
@group(0) @binding(2) var<storage, read> shift: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> result: array<vec4f>;

@compute @workgroup_size(1, lanes)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let vectors = width / 4;
  let start = id.y * vectors;
  let ones = vec4f(1.0);

  var sums = vec4f(0.0);
  for (var i = 0u; i < vectors; i++) {
    sums += values[start + i];
  }
  let mean = dot(sums, ones) / f32(width);

  var squares = vec4f(0.0);
  for (var i = 0u; i < vectors; i++) {
    let difference = values[start + i] - mean;
    squares += difference * difference;
  }
  let factor = 1.0 / sqrt(dot(squares, ones) / f32(width) + epsilon);

  for (var i = 0u; i < vectors; i++) {
    result[start + i] = (values[start + i] - mean) * factor * scale[i] + shift[i];
  }
}
