// Counts the elements of a product that are not the expected ones, 64 in each invocation.

const quads = 16u;

@group(0) @binding(0) var<storage, read> product: array<vec4f>;
@group(0) @binding(1) var<storage, read> expected: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> wrong: atomic<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  var count = 0u;
  for (var i = 0u; i < quads; i += 1u) {
    let quad = id.x + i * 1024u;
    count += dot(vec4u(product[quad] != expected[quad]), vec4u(1u));
  }
  if (count > 0u) {
    atomicAdd(&wrong, count);
  }
}
