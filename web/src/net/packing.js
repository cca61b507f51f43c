// Session descriptions shrink to a quarter when they are packed, and some brokers take long over what is longer than 4 KiB.

/** Before packed text. What is plain begins with a brace: it is JSON. */
const PACKED = 1;
/** Shorter text is sent as it is. */
const WORTH_BYTES = 1024;
/** The longest text: the same as a message may be. */
const TEXT_LIMIT = 65_536;

const utf8 = new TextEncoder();

/** Null where the browser cannot. @returns {TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> | null} */
function packer() {
  try {
    return new CompressionStream("deflate-raw");
  } catch {
    return null;
  }
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>} through
 * @returns {Promise<Uint8Array<ArrayBuffer> | null>} null if more than the limit came out
 */
async function pass(bytes, through) {
  const parts = [];
  let length = 0;
  const reader = new Blob([bytes]).stream().pipeThrough(through).getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length;
    if (length > TEXT_LIMIT) {
      await reader.cancel();
      return null;
    }
    parts.push(next.value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** What is sealed for a text. The host packs what it says to those who do. @param {string} text */
export async function pack(text) {
  const plain = utf8.encode(text);
  const through = plain.length < WORTH_BYTES ? null : packer();
  const packed = through && await pass(plain, through);
  if (!packed || packed.length >= plain.length) return plain;
  const whole = new Uint8Array(1 + packed.length);
  whole[0] = PACKED;
  whole.set(packed, 1);
  return whole;
}

/** Null for what is no text. @param {Uint8Array<ArrayBuffer>} bytes */
export async function unpack(bytes) {
  try {
    const plain = bytes[0] === PACKED ? await pass(bytes.slice(1), new DecompressionStream("deflate-raw")) : bytes;
    return plain && new TextDecoder("utf-8", { fatal: true }).decode(plain);
  } catch {
    return null;
  }
}
