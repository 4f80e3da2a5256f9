/** What we ask of the browser's sender in the worker's answer: silence costs nothing, lost sound is repaired. */
export function withThriftySound(answer: string): string {
  const opus = [...answer.matchAll(/^a=rtpmap:(\d+) opus\/48000/gim)].map((match) => match[1]);
  let sdp = answer;
  for (const type of opus) {
    const line = new RegExp(`^a=fmtp:${type} (.*)$`, "m");
    const wish = (given: string) => {
      const kept = given.split(";").filter((part) => part.trim() && !/^\s*(usedtx|useinbandfec)=/.test(part));
      return `a=fmtp:${type} ${[...kept, "usedtx=1", "useinbandfec=1"].join(";")}`;
    };
    sdp = line.test(sdp)
      ? sdp.replace(line, (_, given: string) => wish(given.trimEnd()) + (given.endsWith("\r") ? "\r" : ""))
      : sdp.replace(new RegExp(`^(a=rtpmap:${type} .*?)(\\r?)$`, "m"), (_, map: string, end: string) => `${map}${end}\n${wish("")}${end}`);
  }
  return sdp;
}
