// Bytes into the page: whole small files, large files in parts, and digests.

import { Fault, ensure } from "./fault.js";

/** The largest part, in bytes: base64 of it stays far below what a pipe message may hold. */
const maximumPartBytes = 16 * 1024 * 1024;

/** The largest file that is fetched in parts, in bytes. */
const maximumFileBytes = 1024 * 1024 * 1024;

/** The body of one request. Throws a fault of the given kind when it cannot be had. */
export async function fetchBytes(url, kind) {
  let response;
  try {
    response = await fetch(url);
  } catch (thrown) {
    throw new Fault(kind, `${url} could not be fetched: ${thrown.message}`, { url });
  }
  ensure(response.ok, kind, `${url} was answered with status ${response.status}`, { url, status: response.status });
  return new Uint8Array(await response.arrayBuffer());
}

/**
 * A file of exactly `bytes` bytes, fetched as `url?part=0`, `url?part=1`, … Every part
 * but the last has exactly `partBytes` bytes.
 */
export async function fetchParts({ url, bytes, partBytes }, kind) {
  ensure(typeof url === "string" && url !== "", kind, "the URL of a file in parts must be a string");
  ensureInteger(bytes, 1, maximumFileBytes, kind, `bytes of ${url}`);
  ensureInteger(partBytes, 1, maximumPartBytes, kind, `partBytes of ${url}`);

  const whole = new Uint8Array(bytes);
  for (let part = 0, at = 0; at < bytes; part += 1, at += partBytes) {
    const wanted = Math.min(partBytes, bytes - at);
    const body = await fetchBytes(`${url}?part=${part}`, kind);
    ensure(body.length === wanted, kind, `part ${part} of ${url} has ${body.length} bytes, not ${wanted}`, { url, part });
    whole.set(body, at);
  }
  return whole;
}

/**
 * The bytes of a model's manifest, which comes with the call where it is short, and are of its digest.
 *
 * @param {{manifest?: string, manifestURL: string, digest: string}} model
 */
export async function manifestOf({ manifest, manifestURL, digest }) {
  const bytes = manifest === undefined ? await fetchBytes(manifestURL, "model_invalid") : new TextEncoder().encode(manifest);
  await ensureDigest(bytes, digest, "manifest");
  return bytes;
}

/** The SHA-256 of the bytes in lower-case hexadecimal. */
export async function digestOf(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Throws `digest_mismatch` unless the bytes have this SHA-256 (lower-case hexadecimal). */
export async function ensureDigest(bytes, expected, what) {
  const actual = await digestOf(bytes);
  ensure(actual === expected, "digest_mismatch", `the SHA-256 of the ${what} is not the expected one`, { what, expected, actual });
}

/** Throws a fault of the given kind unless the value is an integer within the bounds. */
export function ensureInteger(value, minimum, maximum, kind, what) {
  const inside = Number.isSafeInteger(value) && value >= minimum && value <= maximum;
  ensure(inside, kind, `${what} must be an integer from ${minimum} to ${maximum}, not ${JSON.stringify(value)}`);
}
