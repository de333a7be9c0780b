// How steep an image is at each pixel, by central differences, and how many pixels are steeper than a threshold.

override width: u32;
override height: u32;

@group(0) @binding(0) var<storage, read> image: array<f32>;
@group(0) @binding(1) var<uniform> threshold: f32;
@group(0) @binding(2) var<storage, read_write> edges: array<f32>;
@group(0) @binding(3) var<storage, read_write> steep: atomic<u32>;

fn pixel(x: i32, y: i32) -> f32 {
  return image[u32(clamp(y, 0, i32(height) - 1)) * width + u32(clamp(x, 0, i32(width) - 1))];
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= width || id.y >= height) {
    return;
  }
  let x = i32(id.x);
  let y = i32(id.y);
  let slope = 0.5 * vec2f(pixel(x + 1, y) - pixel(x - 1, y), pixel(x, y + 1) - pixel(x, y - 1));
  let steepness = length(slope);
  edges[id.y * width + id.x] = steepness;
  if (steepness > threshold) {
    atomicAdd(&steep, 1u);
  }
}
