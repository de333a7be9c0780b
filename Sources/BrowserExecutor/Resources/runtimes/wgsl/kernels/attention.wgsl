// Scaled dot-product attention of each token to the tokens of its own item. One
// invocation computes one head of one token, in one pass: when a score is larger
// than all before it, what was summed so far is scaled down to it.
//
// query, key, value [tokens, heads, head width]
// tokens            first and end of each item, then id and item of each token
// result            [tokens, heads, head width]

override width: u32;
override heads: u32;
override items: u32;
override lanes: u32;

@group(0) @binding(0) var<storage, read> query: array<vec4f>;
@group(0) @binding(1) var<storage, read> key: array<vec4f>;
@group(0) @binding(2) var<storage, read> value: array<vec4f>;
@group(0) @binding(3) var<storage, read> tokens: array<vec2u>;
@group(0) @binding(4) var<storage, read_write> result: array<vec4f>;

@compute @workgroup_size(lanes)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= heads) {
    return;
  }
  let vectors = width / 4;
  let head_vectors = vectors / heads;
  let own_at = id.y * vectors + id.x * head_vectors;
  let span = tokens[tokens[items + id.y].y];
  let scale = 1.0 / sqrt(f32(head_vectors * 4));

  // Room for heads of up to 128 elements.
  var own: array<vec4f, 32>;
  var sums: array<vec4f, 32>;
  for (var i = 0u; i < head_vectors; i++) {
    own[i] = query[own_at + i] * scale;
    sums[i] = vec4f(0.0);
  }
  var largest = -3.0e38;
  var total = 0.0;
  for (var other = span.x; other < span.y; other++) {
    let other_at = other * vectors + id.x * head_vectors;
    var products = vec4f(0.0);
    for (var i = 0u; i < head_vectors; i++) {
      products += own[i] * key[other_at + i];
    }
    let score = dot(products, vec4f(1.0));
    if (score > largest) {
      let shrink = exp(largest - score);
      largest = score;
      total *= shrink;
      for (var i = 0u; i < head_vectors; i++) {
        sums[i] *= shrink;
      }
    }
    let weight = exp(score - largest);
    total += weight;
    for (var i = 0u; i < head_vectors; i++) {
      sums[i] += weight * value[other_at + i];
    }
  }
  for (var i = 0u; i < head_vectors; i++) {
    result[own_at + i] = sums[i] / total;
  }
}
