"""Session descriptions: reading browsers' offers and answers, writing ours.

A browser's offer is read into the little we act on, and our answer is written from that: nothing of its text is
copied but what was matched (mids, payload types, extension numbers, rids).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from . import bounds, rtp
from .aiortc_bridge import Fingerprint, read_description
from .errors import Refusal

# Towards listeners, in every offer: one template serves them all.
OPUS, VP8, VP8_RTX = 111, 96, 97
OPUS_PARAMETERS = "minptime=10;useinbandfec=1;usedtx=1"
VIDEO_FEEDBACK = ("nack", "nack pli", "ccm fir")
BELIEF, ARRIVALS = "goog-remb", "transport-cc"  # two ways to find out what a line carries

# Numbers of extensions we take, by what they are.
WELCOME_EXTENSIONS = (rtp.MID, rtp.RID, rtp.REPAIRED_RID, rtp.AUDIO_LEVEL, rtp.TRANSPORT_SEQUENCE)
RIDS = ("q", "h", "f")

SAFE = re.compile(r"[A-Za-z0-9_+/-]{1,64}\Z")
ICE_NAME = re.compile(r"[A-Za-z0-9+/]{4,256}\Z")


@dataclass(frozen=True, slots=True)
class Section:
    """A media section of a browser's description."""

    mid: str
    media: str  # "audio", "video", or what we refuse
    sends: bool
    codec: int | None = None  # payload type of Opus or VP8
    rtx: int | None = None
    extensions: dict[str, int] = field(default_factory=dict)  # uri: number
    ssrcs: tuple[int, ...] = ()
    repairs: dict[int, int] = field(default_factory=dict)  # RTX ssrc: the one it repairs
    rids: tuple[str, ...] = ()

    @property
    def is_usable(self) -> bool:
        return self.codec is not None


@dataclass(frozen=True, slots=True)
class Description:
    username: str
    fingerprints: tuple[Fingerprint, ...]
    sections: tuple[Section, ...]


def read(sdp: str) -> Description:
    """Raises Refusal: bad_sdp, too_many."""
    groups = _sections_of(sdp)
    parsed = read_description(sdp)
    if len(parsed.media) != len(groups) or not groups:
        raise Refusal("bad_sdp", "no sections")
    sections = tuple(_section(media, lines) for media, lines in zip(parsed.media, groups, strict=True))
    if not any(section.is_usable for section in sections):
        raise Refusal("bad_sdp", "neither Opus nor VP8")
    mids = [section.mid for section in sections]
    if len(set(mids)) != len(mids):
        raise Refusal("bad_sdp", "two sections with one mid")
    username, fingerprints = _identity(parsed.media)
    return Description(username, fingerprints, sections)


def _sections_of(sdp: str) -> list[list[str]]:
    lines = sdp.splitlines()
    if len(lines) > bounds.MAX_SDP_LINES:
        raise Refusal("too_many", "lines")
    groups: list[list[str]] = []
    for line in lines:
        if line.startswith("m="):
            groups.append([])
        elif groups:
            groups[-1].append(line)
    if len(groups) > bounds.MAX_SECTIONS or any(len(group) > bounds.MAX_SECTION_LINES for group in groups):
        raise Refusal("too_many", "sections, or lines in one")
    return groups


def _identity(media: Sequence[Any]) -> tuple[str, tuple[Fingerprint, ...]]:
    """The ICE name and the certificate: one of each, since everything is bundled."""
    for one in media:
        if one.port and one.ice and one.dtls and one.dtls.fingerprints:
            name = str(one.ice.usernameFragment or "")
            if not ICE_NAME.match(name):
                raise Refusal("bad_sdp", "ice-ufrag")
            prints = tuple((str(each.algorithm), str(each.value)) for each in one.dtls.fingerprints[:4])
            return name, prints
    raise Refusal("bad_sdp", "no ICE name or no fingerprint")


def _section(media: Any, lines: list[str]) -> Section:
    mid = str(media.rtp.muxId or "")
    if not SAFE.match(mid):
        raise Refusal("bad_sdp", "mid")
    sends = media.direction in (None, "sendrecv", "sendonly") and media.port != 0
    if media.kind not in ("audio", "video") or not media.rtcp_mux:
        return Section(mid, str(media.kind), False)
    codec, rtx = _codecs(media)
    ssrcs = tuple(one.ssrc for one in media.ssrc)[: 2 * bounds.MAX_LAYERS]
    repairs = {group.items[1]: group.items[0] for group in media.ssrc_group if _is_repair(group)}
    return Section(
        mid=mid,
        media=media.kind,
        sends=sends,
        codec=codec,
        rtx=rtx,
        extensions={
            one.uri: one.id for one in media.rtp.headerExtensions if one.uri in WELCOME_EXTENSIONS and 1 <= one.id <= 14
        },
        ssrcs=tuple(ssrc for ssrc in ssrcs if ssrc not in repairs),
        repairs=repairs,
        rids=_rids(lines),
    )


def _is_repair(group: Any) -> bool:
    return group.semantic == "FID" and len(group.items) == 2


def _codecs(media: Any) -> tuple[int | None, int | None]:
    wanted = "audio/opus" if media.kind == "audio" else "video/vp8"
    codecs = [codec for codec in media.rtp.codecs if codec.payloadType in media.fmt]
    chosen = next((codec.payloadType for codec in codecs if codec.mimeType.lower() == wanted), None)
    repair = (
        codec.payloadType
        for codec in codecs
        if codec.mimeType.lower() == "video/rtx" and codec.parameters.get("apt") == chosen
    )
    return chosen, next(repair, None) if chosen is not None else None


def _rids(lines: list[str]) -> tuple[str, ...]:
    """The simulcast encodings the browser sends, at most three and only under our names."""
    for line in lines:
        if line.startswith("a=simulcast:send "):
            names = [name.lstrip("~") for name in re.split("[;,]", line.split(" ", 1)[1].split(" ", 1)[0])]
            return tuple(name for name in names if name in RIDS)[: bounds.MAX_LAYERS]
    return ()


@dataclass(frozen=True, slots=True)
class Ours:
    """What every description of ours holds about this end of the connection."""

    username: str
    password: str
    fingerprint: Fingerprint
    candidates: tuple[tuple[str, int], ...]
    version: int


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A slot, as the offer of the listening connection names it."""

    mid: str
    media: str
    ssrc: int
    rtx_ssrc: int | None


def write_offer(ours: Ours, slots: Sequence[Outgoing]) -> str:
    lines = _session_lines(ours, [slot.mid for slot in slots])
    for slot in slots:
        lines += _audio_offer(ours, slot) if slot.media == "audio" else _video_offer(ours, slot)
    return _text(lines)


def _audio_offer(ours: Ours, slot: Outgoing) -> list[str]:
    return [
        f"m=audio 9 UDP/TLS/RTP/SAVPF {OPUS}",
        *_transport_lines(ours, slot.mid, "actpass"),
        "a=sendonly",
        f"a=extmap:{rtp.AUDIO_LEVEL_ID} {rtp.AUDIO_LEVEL}",
        f"a=rtpmap:{OPUS} opus/48000/2",
        f"a=fmtp:{OPUS} {OPUS_PARAMETERS}",
        f"a=msid:slot-{slot.mid} track-{slot.mid}",
        f"a=ssrc:{slot.ssrc} cname:collab",
    ]


def _video_offer(ours: Ours, slot: Outgoing) -> list[str]:
    return [
        f"m=video 9 UDP/TLS/RTP/SAVPF {VP8} {VP8_RTX}",
        *_transport_lines(ours, slot.mid, "actpass"),
        "a=sendonly",
        f"a=extmap:{rtp.ABS_SEND_TIME_ID} {rtp.ABS_SEND_TIME}",
        *_vp8_lines(VP8, VP8_RTX, BELIEF),
        f"a=msid:slot-{slot.mid} track-{slot.mid}",
        f"a=ssrc-group:FID {slot.ssrc} {slot.rtx_ssrc}",
        f"a=ssrc:{slot.ssrc} cname:collab",
        f"a=ssrc:{slot.rtx_ssrc} cname:collab",
    ]


def _vp8_lines(codec: int, rtx: int | None, line_feedback: str) -> list[str]:
    words = (*VIDEO_FEEDBACK, line_feedback)
    lines = [f"a=rtpmap:{codec} VP8/90000", *(f"a=rtcp-fb:{codec} {word}" for word in words)]
    if rtx is not None:
        lines += [f"a=rtpmap:{rtx} rtx/90000", f"a=fmtp:{rtx} apt={codec}"]
    return lines


def write_answer(ours: Ours, offer: Description, taken: frozenset[str]) -> str:
    """`taken`: the mids whose media we receive. Other usable sections stay in the bundle, inactive."""
    usable = [section.mid for section in offer.sections if section.is_usable]
    lines = _session_lines(ours, usable)
    for section in offer.sections:
        lines += _answer_section(ours, section, section.mid in taken) if section.is_usable else _refusal(section)
    return _text(lines)


def _answer_section(ours: Ours, section: Section, is_taken: bool) -> list[str]:
    assert section.codec is not None
    formats = f"{section.codec}" if section.rtx is None else f"{section.codec} {section.rtx}"
    lines = [
        f"m={section.media} 9 UDP/TLS/RTP/SAVPF {formats}",
        *_transport_lines(ours, section.mid, "passive"),
        "a=recvonly" if is_taken else "a=inactive",
        *(f"a=extmap:{number} {uri}" for uri, number in section.extensions.items()),
    ]
    counts_packets = rtp.TRANSPORT_SEQUENCE in section.extensions
    if section.media == "audio":
        lines += [f"a=rtcp-fb:{section.codec} {ARRIVALS}"] if counts_packets else []
        lines += [f"a=rtpmap:{section.codec} opus/48000/2", f"a=fmtp:{section.codec} {OPUS_PARAMETERS}"]
    else:
        lines += _vp8_lines(section.codec, section.rtx, ARRIVALS if counts_packets else BELIEF)
    if section.rids and is_taken:
        lines += [f"a=rid:{rid} recv" for rid in section.rids]
        lines.append(f"a=simulcast:recv {';'.join(section.rids)}")
    return lines


def _refusal(section: Section) -> list[str]:
    media = section.media if SAFE.match(section.media) else "application"
    protocol, form = ("UDP/DTLS/SCTP", "webrtc-datachannel") if media == "application" else ("UDP/TLS/RTP/SAVPF", "0")
    return [f"m={media} 0 {protocol} {form}", "c=IN IP4 0.0.0.0", f"a=mid:{section.mid}", "a=inactive"]


def _session_lines(ours: Ours, bundled: Sequence[str]) -> list[str]:
    return [
        "v=0",
        f"o=- 1 {ours.version} IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {' '.join(bundled)}",
        "a=msid-semantic: WMS *",
    ]


def _transport_lines(ours: Ours, mid: str, setup: str) -> list[str]:
    algorithm, value = ours.fingerprint
    return [
        "c=IN IP4 0.0.0.0",
        f"a=mid:{mid}",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        f"a=ice-ufrag:{ours.username}",
        f"a=ice-pwd:{ours.password}",
        f"a=fingerprint:{algorithm} {value}",
        f"a=setup:{setup}",
        *(
            f"a=candidate:{place} 1 udp {2130706431 - place} {host} {port} typ host"
            for place, (host, port) in enumerate(ours.candidates, 1)
        ),
        "a=end-of-candidates",
    ]


def _text(lines: list[str]) -> str:
    return "\r\n".join(lines) + "\r\n"
