/// Scripts that do a fault in a page.
enum ChaosScripts {
    static let loop = "for (;;) ;"

    /// Numbers that are no integers are kept as such, a MiB in each array.
    static let exhaustHeap = """
        const kept = [];
        for (;;) kept.push(new Array(1 << 17).fill(kept.length + 0.5));
        """

    static let allocateTooMuch = """
        try { new ArrayBuffer(Number.MAX_SAFE_INTEGER); } catch (thrown) { String(thrown); }
        """

    /// The loop has an end that never comes: one without any is refused as invalid. On the page's own devices: a browser that
    /// keeps its limits on crashes of the GPU may refuse another.
    static let loopShader = """
        function () {
          for (const device of this) {
            const module = device.createShaderModule({ code: `
              @group(0) @binding(0) var<storage, read_write> value: array<u32>;
              @compute @workgroup_size(1) fn main() {
                while (value[1] == 0u) { value[0] = value[0] * 5u + 1u; }
              }` });
            const pipeline = device.createComputePipeline({ layout: "auto", compute: { module } });
            const buffer = device.createBuffer({ size: 8, usage: GPUBufferUsage.STORAGE });
            const group = device.createBindGroup({
              layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer } }] });
            const encoder = device.createCommandEncoder();
            const pass = encoder.beginComputePass();
            pass.setPipeline(pipeline);
            pass.setBindGroup(0, group);
            pass.dispatchWorkgroups(1);
            pass.end();
            device.queue.submit([encoder.finish()]);
          }
        }
        """

    /// The most that a flood fills, in MiB.
    static let floodMiB = 4096

    static let floodGPU = """
        (async () => {
          const device = await (await navigator.gpu.requestAdapter()).requestDevice();
          const kept = globalThis.flood = [];
          const size = 64 * 1024 * 1024;
          while (kept.length * 64 < \(floodMiB)) {
            const buffer = device.createBuffer({ size, usage: GPUBufferUsage.STORAGE, mappedAtCreation: true });
            new Uint8Array(buffer.getMappedRange()).fill(1);
            buffer.unmap();
            kept.push(buffer);
            await device.queue.onSubmittedWorkDone();
          }
        })()
        """

    static let destroyDevices = """
        function () { for (const device of this) device.destroy(); }
        """

    /// The error stays in a scope of its own, so that it meets nothing else that the device is asked.
    static let makeInvalidShader = """
        function () {
          for (const device of this) {
            device.pushErrorScope("validation");
            const module = device.createShaderModule({ code: "this is no shader" });
            device.popErrorScope().catch(() => {});
            device.createComputePipelineAsync({ layout: "auto", compute: { module } }).catch(() => {});
          }
        }
        """
}
