// Which variant of its kernels a model runs on an adapter. What is fast on a GPU is slow
// on an adapter that computes on the CPU, and the other way about: there workgroup memory
// and barriers cost most, and registers least.

import { ensure } from "./fault.js";

/**
 * By name, the device features that a variant needs.
 *
 *   gpu                 tiles in workgroup memory, with barriers
 *   software            tiles in registers, no workgroup memory
 *   software-subgroups  as `software`; invocations in fours hand one another what each has
 *                       loaded, where a load costs as much as a dozen multiplications
 */
const variants = {
  gpu: [],
  software: [],
  "software-subgroups": ["subgroups"],
};

/**
 * The variant for an adapter: the one that is asked for, else the one that is likely the
 * fastest. Throws `backend_unsupported` where the adapter cannot run it.
 *
 * @param {GPUAdapter} adapter
 * @param {string} [requested]
 * @returns {{name: string, features: string[]}} features to request of the device
 */
export function variantFor(adapter, requested) {
  const { isFallbackAdapter, subgroupMinSize, subgroupMaxSize } = adapter.info;
  // Only where a subgroup is always one quad, is it certain which invocations share one.
  const hasQuads = adapter.features.has("subgroups") && subgroupMinSize === 4 && subgroupMaxSize === 4;
  const isSoftware = isFallbackAdapter ?? adapter.isFallbackAdapter ?? false;
  const fitting = isSoftware ? (hasQuads ? "software-subgroups" : "software") : "gpu";
  const name = requested ?? fitting;
  const known = Object.keys(variants).join(", ");
  ensure(Object.hasOwn(variants, name), "backend_unsupported", `there is no variant "${name}"; known: ${known}`);
  const possible = name !== "software-subgroups" || hasQuads;
  ensure(possible, "backend_unsupported", "the adapter has no subgroups of exactly 4 invocations");
  return { name, features: variants[name] };
}
