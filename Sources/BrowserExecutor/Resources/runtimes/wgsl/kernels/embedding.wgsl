// The sum of a token's word, position and first type embedding. One invocation
// computes four elements of one token.
//
// tokens    first and end of each item, then id and item of each token
// words     [vocabulary, width]
// positions [most tokens, width]
// types     [types, width]
// result    [tokens, width]

override width: u32;
override items: u32;
override lanes: u32;

@group(0) @binding(0) var<storage, read> tokens: array<vec2u>;
@group(0) @binding(1) var<storage, read> words: array<vec4f>;
@group(0) @binding(2) var<storage, read> positions: array<vec4f>;
@group(0) @binding(3) var<storage, read> types: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> result: array<vec4f>;

@compute @workgroup_size(lanes)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let vectors = width / 4;
  if (id.x >= vectors) {
    return;
  }
  let token = tokens[items + id.y];
  let position = id.y - tokens[token.y].x;
  result[id.y * vectors + id.x] = words[token.x * vectors + id.x] + positions[position * vectors + id.x] + types[id.x];
}
