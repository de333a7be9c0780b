// 3x3 convolution, stride 1, zero padding 1, with bias and optional relu.
//
// One invocation computes 8 neighbouring pixels of 4 output channels: of a row, 10
// input values and 12 weights are read for 96 products. No workgroup memory and no
// barrier, which cost most on a software adapter. The dimensions are no constants, so
// that all layers of a model share one pipeline, and results are written in a loop: a
// software adapter takes tens of milliseconds to compile what either saves.
//
// image  [batch, in_channels, height, width]
// weight [out_channels, in_channels, 3, 3]
// bias   [out_channels]
// result [batch, out_channels, height, width]

struct Dimensions {
  in_channels: u32,
  out_channels: u32,
  height: u32,
  width: u32,
  relu: u32,
}

override lanes: u32;

@group(0) @binding(0) var<storage, read> image: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;
@group(0) @binding(4) var<uniform> dimensions: Dimensions;

fn pixel(row: u32, x: u32, width: u32) -> f32 {
  return select(0.0, image[row + min(x, width - 1)], x < width);
}

@compute @workgroup_size(lanes)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let in_channels = dimensions.in_channels;
  let out_channels = dimensions.out_channels;
  let height = dimensions.height;
  let width = dimensions.width;
  let strips = (width + 7) / 8;
  let blocks = (out_channels + 3) / 4;
  if (id.x >= strips * height * blocks) {
    return;
  }
  let x = (id.x % strips) * 8;
  let y = (id.x / strips) % height;
  let channel = (id.x / (strips * height)) * 4;
  let item = id.y;
  // A last block of fewer than 4 channels repeats the last one, which is then not written.
  let last = out_channels - 1;
  let filters = vec4u(channel, min(channel + 1, last), min(channel + 2, last), min(channel + 3, last)) * in_channels * 9;

  var acc0 = vec4f(bias[channel], bias[min(channel + 1, last)], bias[min(channel + 2, last)], bias[min(channel + 3, last)]);
  var acc1 = acc0;
  var acc2 = acc0;
  var acc3 = acc0;
  var acc4 = acc0;
  var acc5 = acc0;
  var acc6 = acc0;
  var acc7 = acc0;
  for (var plane = 0u; plane < in_channels; plane++) {
    for (var tap = 0u; tap < 3; tap++) {
      // Rows above and below the image count as zeros: a branch here would cost more.
      let source_y = clamp(i32(y + tap) - 1, 0, i32(height) - 1);
      let weighs = f32(source_y == i32(y + tap) - 1);
      let row = ((item * in_channels + plane) * height + u32(source_y)) * width;
      let before = select(0.0, image[row + max(x, 1) - 1], x > 0);
      let p0 = pixel(row, x, width);
      let p1 = pixel(row, x + 1, width);
      let p2 = pixel(row, x + 2, width);
      let p3 = pixel(row, x + 3, width);
      let p4 = pixel(row, x + 4, width);
      let p5 = pixel(row, x + 5, width);
      let p6 = pixel(row, x + 6, width);
      let p7 = pixel(row, x + 7, width);
      let after = pixel(row, x + 8, width);
      let at = filters + plane * 9 + tap * 3;
      let w0 = weighs * vec4f(weight[at.x], weight[at.y], weight[at.z], weight[at.w]);
      let w1 = weighs * vec4f(weight[at.x + 1], weight[at.y + 1], weight[at.z + 1], weight[at.w + 1]);
      let w2 = weighs * vec4f(weight[at.x + 2], weight[at.y + 2], weight[at.z + 2], weight[at.w + 2]);
      acc0 = fma(w0, vec4f(before), fma(w1, vec4f(p0), fma(w2, vec4f(p1), acc0)));
      acc1 = fma(w0, vec4f(p0), fma(w1, vec4f(p1), fma(w2, vec4f(p2), acc1)));
      acc2 = fma(w0, vec4f(p1), fma(w1, vec4f(p2), fma(w2, vec4f(p3), acc2)));
      acc3 = fma(w0, vec4f(p2), fma(w1, vec4f(p3), fma(w2, vec4f(p4), acc3)));
      acc4 = fma(w0, vec4f(p3), fma(w1, vec4f(p4), fma(w2, vec4f(p5), acc4)));
      acc5 = fma(w0, vec4f(p4), fma(w1, vec4f(p5), fma(w2, vec4f(p6), acc5)));
      acc6 = fma(w0, vec4f(p5), fma(w1, vec4f(p6), fma(w2, vec4f(p7), acc6)));
      acc7 = fma(w0, vec4f(p6), fma(w1, vec4f(p7), fma(w2, vec4f(after), acc7)));
    }
  }
  if (dimensions.relu != 0) {
    acc0 = max(acc0, vec4f(0.0));
    acc1 = max(acc1, vec4f(0.0));
    acc2 = max(acc2, vec4f(0.0));
    acc3 = max(acc3, vec4f(0.0));
    acc4 = max(acc4, vec4f(0.0));
    acc5 = max(acc5, vec4f(0.0));
    acc6 = max(acc6, vec4f(0.0));
    acc7 = max(acc7, vec4f(0.0));
  }

  let plane_size = height * width;
  let at = (item * out_channels + channel) * plane_size + y * width + x;
  for (var i = 0u; i < min(width - x, 8); i++) {
    result[at + i] = acc0.x;
    if (channel + 1 < out_channels) { result[at + plane_size + i] = acc0.y; }
    if (channel + 2 < out_channels) { result[at + 2 * plane_size + i] = acc0.z; }
    if (channel + 3 < out_channels) { result[at + 3 * plane_size + i] = acc0.w; }
    acc0 = acc1;
    acc1 = acc2;
    acc2 = acc3;
    acc3 = acc4;
    acc4 = acc5;
    acc5 = acc6;
    acc6 = acc7;
  }
}
