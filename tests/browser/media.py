"""What a page's call hears and sees, asked of the real browser."""

from playwright.sync_api import Page, expect

LISTENING = "document.querySelector('collab-call').media.connection('listen')"
# Frames decoded and sound heard, from a page's own statistics of its listening connection.
HEARD_AND_SEEN = """
async () => {
  const listening = document.querySelector("collab-call").media.connection("listen");
  if (!listening) return {frames: 0, energy: 0, pictures: 0};
  const sum = {frames: 0, energy: 0, pictures: 0};
  for (const report of (await listening.getStats()).values()) {
    if (report.type !== "inbound-rtp") continue;
    sum.frames += report.framesDecoded ?? 0;
    sum.energy += report.totalAudioEnergy ?? 0;
    sum.pictures += report.framesDecoded > 0 ? 1 : 0;
  }
  return sum;
}
"""
# Chromium's fake camera paints a green field: a picture that arrived is neither black nor empty.
IS_PAINTED = """
(session) => {
  const video = document.querySelector(`video[data-session="${session}"]`);
  if (!video || video.videoWidth === 0) return false;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 16;
  const brush = canvas.getContext("2d");
  brush.drawImage(video, 0, 0, 16, 16);
  const pixels = brush.getImageData(0, 0, 16, 16).data;
  return pixels.some((value, at) => at % 4 !== 3 && value > 60);
}
"""


def in_call(page: Page) -> None:
    expect(page.locator("collab-call")).to_have_attribute("data-state", "in", timeout=20_000)


def session_of(page: Page) -> str:
    return str(page.evaluate("document.querySelector('collab-call').media.session"))


def sees(page: Page, session: str) -> None:
    """The other's picture is painted and goes on being decoded."""
    page.wait_for_function(IS_PAINTED, arg=session, timeout=20_000)


def receives(page: Page, *, pictures: int) -> None:
    """So many moving pictures, and sound, from now on."""
    start = page.evaluate(HEARD_AND_SEEN)
    page.wait_for_function(
        f"async (start) => {{ const now = await ({HEARD_AND_SEEN})();"
        f" return now.pictures >= {pictures} && now.frames > start.frames + 10 && now.energy > start.energy }}",
        arg=start,
        timeout=20_000,
    )
