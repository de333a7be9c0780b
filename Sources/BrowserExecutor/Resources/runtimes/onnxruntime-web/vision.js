// Models of images: one file is one item.

import { ensure } from "./fault.js";
import { decoded, prepared } from "./images.js";
import { textRegions } from "./text-regions.js";

/** A call answers after this time, in ms, with the images that are done. */
const patience = 4000;

/**
 * The outputs of the images `first ..< first + count`, or of as many as `patience` allows, at least one.
 *
 * @param {import("./session.js").Session} session
 * @param {import("./packed-files.js").PackedFiles} files
 * @param {object} recipe members of the model's manifest
 */
export async function runVision(session, files, recipe, first, count) {
  const end = performance.now() + patience;
  const outputs = [];
  for (let item = first; item < first + count && (item === first || performance.now() < end); item += 1) {
    const file = files.at(item % files.count);
    const image = await decoded(file);
    const { width, height, values } = prepared(image, recipe.input.image, file.name);
    ensureSpeed(session, recipe, width * height, file.name);
    const results = await session.run([
      { name: recipe.input.name, type: "float32", dims: [1, 3, height, width], bytes: new Uint8Array(values.buffer) },
    ]);
    const data = results.find((result) => result.name === recipe.output.name)?.tensor?.data;
    ensure(data, "model_invalid", `the model has no output "${recipe.output.name}"`);
    const areProbabilities = data.every((value) => value >= 0 && value <= 1);
    ensure(areProbabilities, "output_invalid", `the output for ${file.name} holds what is no probability`);
    outputs.push({ file: file.name, ...read(recipe.output, data, { width, height }, image) });
  }
  return { outputs };
}

/** A software adapter would need longer for the image than a call may take: then it is no backend for it. */
function ensureSpeed(session, { input: { image } }, pixels, name) {
  const most = image.limit?.software_pixels ?? Infinity;
  const message = `${name} makes ${pixels} pixels for the network; a software adapter is too slow for more than ${most}`;
  ensure(!session.isOnSoftware || pixels <= most, "backend_unsupported", message, { reason: "too_slow" });
}

function read(output, data, { width, height }, image) {
  if (output.kind === "text_regions") {
    ensure(data.length === width * height, "model_invalid", `the map has ${data.length} values for ${width}×${height} pixels`);
    return { boxes: textRegions({ values: data, width, height }, output.regions, image) };
  }
  ensure(data.length === output.classes.length, "model_invalid", `the model tells ${data.length} classes, its manifest ${output.classes.length}`);
  const best = data.reduce((found, value, index) => (value > data[found] ? index : found), 0);
  return { label: output.classes[best], score: data[best] };
}
