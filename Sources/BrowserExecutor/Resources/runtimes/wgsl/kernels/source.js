// What the sources of several kernels share.

/** `text(0)` to `text(count - 1)`, one after another. */
export const each = (count, text) => Array.from({ length: count }, (_, index) => text(index)).join("\n");

/** A width of workgroups that leaves no lane without work, at most `widest`. */
export const lanesFor = (blocks, widest) => [64, 32, 16, 12, 8, 6, 4, 3, 2].find((lanes) => lanes <= widest && blocks % lanes === 0) ?? 1;

/**
 * `exponential(x)`: e to the power of each element, by 2^n times a polynomial of degree 6
 * for the rest (Taylor, error below 2e-7). Software adapters call a library function for
 * each element of `exp`.
 */
export const exponential = `
fn exponential(x: vec4f) -> vec4f {
  let power = clamp(x, vec4f(-87.0), vec4f(88.0)) * 1.44269504;
  let whole = floor(power + 0.5);
  let r = power - whole;
  let rest = 1.0 + r * (0.69314718 + r * (0.24022651 + r * (0.055504109 + r * (0.0096181291 + r * (0.0013333558 + r * 0.00015403530)))));
  return rest * bitcast<vec4f>((vec4i(whole) + 127) << vec4u(23));
}`;

const bodies = {
  none: "return x;",
  // By the error function: Abramowitz and Stegun, 7.1.26; absolute error at most 1.5e-7.
  gelu: `
  let y = x * 0.70710678;
  let t = 1.0 / (1.0 + 0.3275911 * abs(y));
  let series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return 0.5 * x * (1.0 + sign(y) * (1.0 - series * exponential(-y * y)));`,
  // tanh(y) is 1 - 2 / (1 + e^2y).
  gelu_tanh: `
  let y = 0.79788456 * (x + 0.044715 * x * x * x);
  return x * (1.0 - 1.0 / (1.0 + exponential(2.0 * y)));`,
  relu: "return max(x, vec4f(0.0));",
};

/** The names of the activations. */
export const activations = Object.keys(bodies);

/** `activated(x)` for four elements. */
export function activationSource(name) {
  return `${exponential}
fn activated(x: vec4f) -> vec4f { ${bodies[name]} }`;
}
