// A 3×3 convolution of an image; pixels beyond its border are those of the border.

override width: u32;
override height: u32;

@group(0) @binding(0) var<storage, read> image: array<f32>;
@group(0) @binding(1) var<storage, read> weights: array<f32>;
@group(0) @binding(2) var<storage, read_write> blurred: array<f32>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= width || id.y >= height) {
    return;
  }
  var sum = 0.0;
  for (var row = 0u; row < 3u; row++) {
    for (var column = 0u; column < 3u; column++) {
      let x = clamp(i32(id.x + column) - 1, 0, i32(width) - 1);
      let y = clamp(i32(id.y + row) - 1, 0, i32(height) - 1);
      sum += weights[row * 3u + column] * image[u32(y) * width + u32(x)];
    }
  }
  blurred[id.y * width + id.x] = sum;
}
