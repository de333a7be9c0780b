// A folder of the user's own kernels: from its canonical manifest, as the executor writes
// it, to a session. The executor has checked every field; what only a GPU can judge is
// judged where it is used.

import { ensure, Fault } from "./fault.js";
import { fetchFile } from "./file-cache.js";
import { KernelSession } from "./kernels-session.js";
import { manifestOf } from "./transfer.js";

/**
 * @param {{digest: string, name: string, manifest?: string, manifestURL: string, filesURL: string, partBytes: number}} model
 * @param {{retry: boolean, onLoss: (fault: Fault) => void}} options see `Device.open`
 * @param {{fetchedBytes: number}} tally see `fetchFile`
 */
export async function openKernels(model, options, tally) {
  const manifest = parse(await manifestOf(model));
  ensure(manifest.name === model.name, "model_invalid", `the manifest is of "${manifest.name}", not of "${model.name}"`);

  // Several tensors may lie in one file.
  const fetched = new Map();
  const fetchOnce = ({ file, bytes, sha256 }) => {
    if (!fetched.has(sha256)) {
      const address = { url: `${model.filesURL}/${sha256}`, bytes, partBytes: model.partBytes, digest: sha256 };
      fetched.set(sha256, fetchFile(address, file, "model_invalid", tally));
    }
    return fetched.get(sha256);
  };
  const dispatches = manifest.steps.flatMap((group) => group.dispatches);
  const kernels = dispatches.map(async ({ kernel }) => [kernel.file, new TextDecoder().decode(await fetchOnce(kernel))]);
  const filled = Object.entries(manifest.tensors).filter(([, tensor]) => tensor.contents);
  const contents = filled.map(async ([name, tensor]) => [name, await contentsOf(tensor.contents, fetchOnce)]);
  return KernelSession.open(manifest, mapOf(kernels), mapOf(contents), options);
}

async function mapOf(entries) {
  return new Map(await Promise.all(entries));
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

async function contentsOf(contents, fetchOnce) {
  if (contents.base64 !== undefined) {
    return Uint8Array.from(atob(contents.base64), (character) => character.charCodeAt(0));
  }
  const { offset, length } = contents;
  return (await fetchOnce(contents)).subarray(offset, offset + length);
}
