// A canary: a small dispatch whose result is known, on a page of its own, so that a GPU that slows down or computes wrongly
// shows before work does.

const COUNT = 256;
const ROUNDS = 32;

const KERNEL = `
@group(0) @binding(0) var<storage, read_write> values: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  var value = id.x + values[id.x];
  for (var round = 0u; round < ${ROUNDS}u; round++) {
    value = value * 1664525u + 1013904223u;
  }
  values[id.x] = value;
}
`;

/** What the kernel must give for values that begin as `seed`. */
function expected(seed) {
  return Uint32Array.from({ length: COUNT }, (_, index) => {
    let value = (index + seed) >>> 0;
    for (let round = 0; round < ROUNDS; round++) value = (Math.imul(value, 1664525) + 1013904223) >>> 0;
    return value;
  });
}

/** A device with all that a beat needs; made once, and again when it is lost. */
async function makeBench() {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) throw new Error("no adapter");
  const device = await adapter.requestDevice();
  const bytes = COUNT * 4;
  const storage = device.createBuffer({
    size: bytes, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
  const result = device.createBuffer({ size: bytes, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const module = device.createShaderModule({ code: KERNEL });
  const pipeline = await device.createComputePipelineAsync({
    layout: "auto", compute: { module, entryPoint: "main" },
  });
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer: storage } }],
  });
  return { device, storage, result, pipeline, group, bytes };
}

let bench;
let beats = 0;
let underWay;

async function beatOnce() {
  bench ??= await makeBench();
  const { device, storage, result, pipeline, group, bytes } = bench;
  const lost = device.lost.then(({ message }) => {
    throw new Error(`the device was lost: ${message}`);
  });
  lost.catch(() => {});
  const seed = ++beats;
  const started = performance.now();
  device.queue.writeBuffer(storage, 0, new Uint32Array(COUNT).fill(seed));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(COUNT / 64);
  pass.end();
  encoder.copyBufferToBuffer(storage, 0, result, 0, bytes);
  device.queue.submit([encoder.finish()]);
  await Promise.race([result.mapAsync(GPUMapMode.READ), lost]);
  const values = new Uint32Array(result.getMappedRange());
  const wanted = expected(seed);
  const isRight = values.every((value, index) => value === wanted[index]);
  result.unmap();
  return { ok: true, canary_ms: performance.now() - started, is_right: isRight };
}

/** Sends the canary, or waits for the one that is out. */
async function beat() {
  underWay ??= beatOnce()
    .catch((thrown) => {
      bench = undefined;
      return { ok: false, error: { kind: "internal", message: String(thrown?.message ?? thrown) } };
    })
    .finally(() => {
      underWay = undefined;
    });
  return underWay;
}

globalThis.weir = { beat };
