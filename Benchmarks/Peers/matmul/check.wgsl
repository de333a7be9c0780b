// Counts the elements of a product that are not the expected ones.

@group(0) @binding(0) var<storage, read> product: array<vec4f>;
@group(0) @binding(1) var<storage, read> expected: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> wrong: atomic<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (any(product[id.x] != expected[id.x])) {
    atomicAdd(&wrong, 1u);
  }
}
