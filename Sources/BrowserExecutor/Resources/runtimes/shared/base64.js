// Bytes as text, as they travel through the debugging pipe.

/** The bytes in base64 (RFC 4648, section 4). */
export function base64(bytes) {
  let binary = "";
  // As many arguments as every engine takes.
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary);
}
