// What a page of every contestant does but Weir's pool: `peer.matmul()` multiplies two matrices of whole numbers by the
// kernel that stands before this script as `kernel`, and resolves to true once the product has been read back and is right.

globalThis.peer = (() => {
  const size = 256;
  const bytes = size * size * 4;
  let opened;

  const matrix = (element) => Float32Array.from({ length: size * size }, (_, i) => element(Math.floor(i / size), i % size));
  const left = matrix((i, k) => ((7 * i + 3 * k) % 11) - 5);
  const right = matrix((k, j) => ((5 * k + 2 * j) % 13) - 6);
  const probe = Float32Array.from({ length: size }, (_, j) => ((31 * j * j + 7 * j) % 17) - 8);

  /** A matrix by a vector; exact, since all are whole numbers below 2^53. */
  const times = (matrix, vector) =>
    Float64Array.from({ length: size }, (_, i) => {
      let sum = 0;
      for (let j = 0; j < size; j += 1) {
        sum += matrix[i * size + j] * vector[j];
      }
      return sum;
    });

  async function open() {
    const adapter = await navigator.gpu.requestAdapter();
    const device = await adapter.requestDevice();
    const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
    const buffers = [left, right, undefined].map((values) => {
      const buffer = device.createBuffer({ size: bytes, usage: STORAGE | COPY_SRC | COPY_DST });
      if (values) {
        device.queue.writeBuffer(buffer, 0, values);
      }
      return buffer;
    });
    const module = device.createShaderModule({ code: kernel });
    const pipeline = await device.createComputePipelineAsync({ layout: "auto", compute: { module } });
    const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
    const bindGroup = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
    // By Freivalds: a product is compared by what it makes of a vector.
    return { device, pipeline, bindGroup, product: buffers[2], expected: times(left, times(right, probe)) };
  }

  async function matmul() {
    opened ??= open();
    const { device, pipeline, bindGroup, product, expected } = await opened;
    const readback = device.createBuffer({ size: bytes, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(8, 8);
    pass.end();
    encoder.copyBufferToBuffer(product, 0, readback, 0, bytes);
    device.queue.submit([encoder.finish()]);
    await readback.mapAsync(GPUMapMode.READ);
    const found = times(new Float32Array(readback.getMappedRange()), probe);
    readback.destroy();
    if (found.some((sum, i) => sum !== expected[i])) {
      throw new Error("the product is wrong");
    }
    return true;
  }

  return { matmul };
})();
