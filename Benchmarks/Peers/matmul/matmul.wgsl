// The product of two square matrices of 256 rows, 4 × 4 elements per invocation, without workgroup memory.

const quads = 64u;

@group(0) @binding(0) var<storage, read> left: array<vec4f>;
@group(0) @binding(1) var<storage, read> right: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> product: array<vec4f>;

fn times(factors: vec4f, b0: vec4f, b1: vec4f, b2: vec4f, b3: vec4f) -> vec4f {
  return factors.x * b0 + factors.y * b1 + factors.z * b2 + factors.w * b3;
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y * 4u;
  var c0 = vec4f();
  var c1 = vec4f();
  var c2 = vec4f();
  var c3 = vec4f();
  for (var k = 0u; k < quads; k += 1u) {
    let b0 = right[(k * 4u) * quads + id.x];
    let b1 = right[(k * 4u + 1u) * quads + id.x];
    let b2 = right[(k * 4u + 2u) * quads + id.x];
    let b3 = right[(k * 4u + 3u) * quads + id.x];
    c0 += times(left[row * quads + k], b0, b1, b2, b3);
    c1 += times(left[(row + 1u) * quads + k], b0, b1, b2, b3);
    c2 += times(left[(row + 2u) * quads + k], b0, b1, b2, b3);
    c3 += times(left[(row + 3u) * quads + k], b0, b1, b2, b3);
  }
  product[row * quads + id.x] = c0;
  product[(row + 1u) * quads + id.x] = c1;
  product[(row + 2u) * quads + id.x] = c2;
  product[(row + 3u) * quads + id.x] = c3;
}
