// 3x3 convolution, stride 1, zero padding 1, with bias and optional relu.
//
// One invocation computes 8 neighbouring pixels of 4 output channels: of a row, 10
// input values and 12 weights are read for 96 products. No workgroup memory and no
// barrier, which cost most on a software adapter.
//
// image  [batch, in_channels, height, width]
// weight [out_channels, in_channels, 3, 3]
// bias   [out_channels]
// result [batch, out_channels, height, width]

override in_channels: u32;
override out_channels: u32;
override height: u32;
override width: u32;
override relu: bool;
override lanes: u32;

@group(0) @binding(0) var<storage, read> image: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

// Eight neighbouring values.
struct Strip {
  low: vec4f,
  high: vec4f,
}

fn pixel(row: u32, x: u32) -> f32 {
  return select(0.0, image[row + min(x, width - 1)], x < width);
}

// Three taps of a filter's row, slid over a strip. `left` and `right` are the strip
// moved by one value.
fn slide(sum: Strip, at: u32, left: Strip, middle: Strip, right: Strip) -> Strip {
  let first = weight[at];
  let second = weight[at + 1];
  let third = weight[at + 2];
  return Strip(
    sum.low + first * left.low + second * middle.low + third * right.low,
    sum.high + first * left.high + second * middle.high + third * right.high,
  );
}

fn write_four(at: u32, x: u32, sum: vec4f, added: f32) {
  var value = sum + added;
  if (relu) {
    value = max(value, vec4f(0.0));
  }
  for (var i = 0u; i < 4; i++) {
    if (x + i < width) {
      result[at + i] = value[i];
    }
  }
}

fn write(channel: u32, at: u32, x: u32, sum: Strip) {
  if (channel >= out_channels) {
    return;
  }
  write_four(at, x, sum.low, bias[channel]);
  write_four(at + 4, x + 4, sum.high, bias[channel]);
}

@compute @workgroup_size(lanes)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let strips = (width + 7) / 8;
  let blocks = (out_channels + 3) / 4;
  if (id.x >= strips * height * blocks) {
    return;
  }
  let x = (id.x % strips) * 8;
  let y = (id.x / strips) % height;
  let channel = (id.x / (strips * height)) * 4;
  let item = id.y;

  // A last block of fewer than 4 channels repeats its first one; `write` drops it.
  let filter_size = in_channels * 9;
  let filter0 = channel * filter_size;
  let filter1 = select(channel, channel + 1, channel + 1 < out_channels) * filter_size;
  let filter2 = select(channel, channel + 2, channel + 2 < out_channels) * filter_size;
  let filter3 = select(channel, channel + 3, channel + 3 < out_channels) * filter_size;

  var sum0: Strip;
  var sum1: Strip;
  var sum2: Strip;
  var sum3: Strip;
  for (var plane = 0u; plane < in_channels; plane++) {
    for (var tap = 0u; tap < 3; tap++) {
      // Rows above and below the image count as zeros: a branch here would cost more.
      let source_y = clamp(i32(y + tap) - 1, 0, i32(height) - 1);
      let weighs = f32(source_y == i32(y + tap) - 1);
      let row = ((item * in_channels + plane) * height + u32(source_y)) * width;
      let low = weighs * vec4f(pixel(row, x), pixel(row, x + 1), pixel(row, x + 2), pixel(row, x + 3));
      let high = weighs * vec4f(pixel(row, x + 4), pixel(row, x + 5), pixel(row, x + 6), pixel(row, x + 7));
      let before = weighs * select(0.0, image[row + max(x, 1) - 1], x > 0);
      let left = Strip(vec4f(before, low.xyz), vec4f(low.w, high.xyz));
      let middle = Strip(low, high);
      let right = Strip(vec4f(low.yzw, high.x), vec4f(high.yzw, weighs * pixel(row, x + 8)));
      let offset = plane * 9 + tap * 3;
      sum0 = slide(sum0, filter0 + offset, left, middle, right);
      sum1 = slide(sum1, filter1 + offset, left, middle, right);
      sum2 = slide(sum2, filter2 + offset, left, middle, right);
      sum3 = slide(sum3, filter3 + offset, left, middle, right);
    }
  }

  let plane_size = height * width;
  let at = (item * out_channels + channel) * plane_size + y * width + x;
  write(channel, at, x, sum0);
  write(channel + 1, at + plane_size, x, sum1);
  write(channel + 2, at + 2 * plane_size, x, sum2);
  write(channel + 3, at + 3 * plane_size, x, sum3);
}
