// The WebGPU adapter: finding one and describing it.

import { Fault, ensure } from "./fault.js";

/** After the GPU process died there is no adapter for 20 to 60 ms: how long to ask again, in ms. */
const retryWindow = 500;

/** The pause between two attempts, in ms. */
const retryPause = 10;

/**
 * An adapter. Throws `no_webgpu` or `no_adapter`.
 *
 * @param {boolean} retry whether to ask again for `retryWindow` ms if there is none
 */
export async function findAdapter(retry) {
  ensure(navigator.gpu, "no_webgpu", "navigator.gpu is missing: the page is no secure context, or this browser has no WebGPU");
  const deadline = performance.now() + (retry ? retryWindow : 0);
  for (;;) {
    const adapter = await navigator.gpu.requestAdapter();
    if (adapter !== null) {
      return adapter;
    }
    if (performance.now() >= deadline) {
      throw new Fault("no_adapter", "requestAdapter() gave null: WebGPU is disabled, blocked or has no driver here");
    }
    await new Promise((resume) => setTimeout(resume, retryPause));
  }
}

/** Which adapter it is: the part of every result's provenance that only the page knows. */
export function adapterIdentity(adapter) {
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  return { vendor, architecture, device, description, isFallbackAdapter: isFallbackAdapter ?? adapter.isFallbackAdapter ?? false };
}

/** The identity with everything that the adapter offers. */
export function describeAdapter(adapter) {
  const limits = {};
  for (const name in adapter.limits) {
    limits[name] = adapter.limits[name];
  }
  return { ...adapterIdentity(adapter), features: [...adapter.features].sort(), limits };
}
