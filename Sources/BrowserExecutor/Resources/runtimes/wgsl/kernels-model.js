// A folder of the user's own kernels: from its canonical manifest, as the executor writes
// it, to a session. The executor has checked every field; what only a GPU can judge is
// judged where it is used.

import { ensure, Fault } from "./fault.js";
import { KernelSession } from "./kernels-session.js";
import { ensureDigest, fetchBytes, fetchParts } from "./transfer.js";

/**
 * @param {{digest: string, name: string, manifestURL: string, filesURL: string, partBytes: number}} model
 * @param {{retry: boolean, onLoss: (fault: Fault) => void}} options see `Device.open`
 */
export async function openKernels(model, options) {
  const bytes = await fetchBytes(model.manifestURL, "model_invalid");
  await ensureDigest(bytes, model.digest, "manifest");
  const manifest = parse(bytes);
  ensure(manifest.name === model.name, "model_invalid", `the manifest is of "${manifest.name}", not of "${model.name}"`);

  const dispatches = manifest.steps.flatMap((group) => group.dispatches);
  const kernels = new Map();
  for (const { kernel } of dispatches) {
    if (!kernels.has(kernel.file)) {
      kernels.set(kernel.file, new TextDecoder().decode(await fetchFile(model, kernel)));
    }
  }
  const contents = new Map();
  for (const [name, tensor] of Object.entries(manifest.tensors)) {
    if (tensor.contents) {
      contents.set(name, await contentsOf(model, tensor.contents));
    }
  }
  return KernelSession.open(manifest, kernels, contents, options);
}

function parse(bytes) {
  let manifest;
  try {
    manifest = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (thrown) {
    throw new Fault("model_invalid", `the manifest is not JSON: ${thrown.message}`);
  }
  const isKnown = manifest?.format_version === 1 && manifest.kind === "kernels";
  ensure(isKnown, "model_invalid", "the manifest is of no folder of kernels, or of another version of the format");
  return manifest;
}

async function fetchFile({ filesURL, partBytes }, { file, bytes, sha256 }) {
  const contents = await fetchParts({ url: `${filesURL}/${sha256}`, bytes, partBytes }, "model_invalid");
  await ensureDigest(contents, sha256, file);
  return contents;
}

async function contentsOf(model, contents) {
  return contents.base64 === undefined
    ? fetchFile(model, contents)
    : Uint8Array.from(atob(contents.base64), (character) => character.charCodeAt(0));
}
