// Maximum over size x size windows, stride `size`; a rest at the right and lower
// edge that fills no window is left out.
//
// image  [batch, channels, height, width]
// result [batch, channels, height / size, width / size]

override channels: u32;
override height: u32;
override width: u32;
override size: u32;
override lanes: u32;

@group(0) @binding(0) var<storage, read> image: array<f32>;
@group(0) @binding(1) var<storage, read_write> result: array<f32>;

@compute @workgroup_size(lanes)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let columns = width / size;
  let rows = height / size;
  let per_item = channels * rows * columns;
  if (id.x >= per_item) {
    return;
  }
  let x = (id.x % columns) * size;
  let y = ((id.x / columns) % rows) * size;
  let plane = id.y * channels + id.x / (columns * rows);

  let corner = (plane * height + y) * width + x;
  var largest = image[corner];
  for (var dy = 0u; dy < size; dy++) {
    for (var dx = 0u; dx < size; dx++) {
      largest = max(largest, image[corner + dy * width + dx]);
    }
  }
  result[id.y * per_item + id.x] = largest;
}
