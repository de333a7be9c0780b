// Files that the page knows by their SHA-256. Large ones are kept in the origin's cache,
// which lies in the browser's profile and is shared by its pages: they come through the
// debugging pipe once, also when a device is lost, a page is loaded anew, or another
// page wants the same model.
//
// A copy in the page's memory would save reading the cache, but would weigh on every page
// and not outlive it.

import { digestOf, ensureDigest, fetchParts } from "./transfer.js";

const cacheName = "weir-files";

/** Smaller files are fetched each time: it takes no longer. In bytes. */
const minimumBytes = 1024 * 1024;

/** What all kept files together may hold, in bytes; the one kept for longest goes first. */
const maximumHeldBytes = 1024 * 1024 * 1024;

/** The end of the last file's way into the cache. */
let lastKept = Promise.resolve();

/**
 * A file of that digest, and how much of it came through the pipe. Throws `digest_mismatch`, or a fault of the given
 * kind when it cannot be had. What the cache gives is checked as well; if it is damaged the pipe is asked.
 *
 * @param {{url: string, bytes: number, partBytes: number, digest: string}} file
 * @param {string} what it is, for messages
 * @param {{fetchedBytes: number}} tally is raised by what came through the pipe
 * @returns {Promise<Uint8Array>}
 */
export async function fetchFile(file, what, kind, tally) {
  const kept = file.bytes >= minimumBytes ? await fromCache(file) : undefined;
  if (kept) {
    return kept;
  }
  const contents = await fetchParts(file, kind);
  tally.fetchedBytes += contents.length;
  await ensureDigest(contents, file.digest, what);
  if (contents.length >= minimumBytes && contents.length <= maximumHeldBytes) {
    const response = new Response(contents, { headers: { "x-bytes": String(contents.length) } });
    // Nobody waits for it, and a cache that takes no more (a full disk, a quota) is done without.
    lastKept = lastKept.then(() => keep(file.digest, contents.length, response)).catch(() => {});
  }
  return contents;
}

const addressOf = (digest) => `/cached/${digest}`;

/** The file from the cache; undefined when it is not there, or not itself any more. */
async function fromCache({ bytes, digest }) {
  try {
    const cache = await caches.open(cacheName);
    const response = await cache.match(addressOf(digest));
    if (!response) {
      return undefined;
    }
    const contents = new Uint8Array(await response.arrayBuffer());
    if (contents.length === bytes && (await digestOf(contents)) === digest) {
      return contents;
    }
    await cache.delete(addressOf(digest));
  } catch {
    // A cache that cannot be read is none: the pipe has the file.
  }
  return undefined;
}

async function keep(digest, bytes, response) {
  const cache = await caches.open(cacheName);
  // In the order in which they were put.
  const requests = await cache.keys();
  const sizes = await Promise.all(requests.map(async (request) => Number((await cache.match(request))?.headers.get("x-bytes") ?? 0)));
  let held = sizes.reduce((sum, size) => sum + size, bytes);
  for (let index = 0; held > maximumHeldBytes && index < requests.length; index += 1) {
    await cache.delete(requests[index]);
    held -= sizes[index];
  }
  await cache.put(addressOf(digest), response);
}
