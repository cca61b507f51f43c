// Changes to the session description that no API offers.

/**
 * The offer with stereo asked for on every Opus format: Chromium decodes mono without it.
 * @param {string} sdp
 */
export function withStereoOpus(sdp) {
  const opus = new Set(Array.from(sdp.matchAll(/^a=rtpmap:(\d+) opus\/48000/gim), (match) => match[1]));
  const seen = new Set();
  const lines = sdp.split("\r\n").map((line) => {
    const match = /^a=fmtp:(\d+) (.*)$/.exec(line);
    const format = match?.[1];
    if (!match || !opus.has(format)) return line;
    seen.add(format);
    const settings = (match[2] ?? "").split(";").map((part) => part.trim())
      .filter((part) => part !== "" && !/^(sprop-)?stereo=/.test(part));
    return `a=fmtp:${format} ${[...settings, "stereo=1", "sprop-stereo=1"].join(";")}`;
  });
  return lines.flatMap((line) => {
    const format = /^a=rtpmap:(\d+) opus\/48000/i.exec(line)?.[1];
    if (format === undefined || seen.has(format)) return [line];
    return [line, `a=fmtp:${format} stereo=1;sprop-stereo=1`];
  }).join("\r\n");
}
