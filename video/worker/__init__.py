"""The forwarding media worker: `python -m video.worker`. Prose: docs/operations/video.md, docs/protocol/media.md.

port       one UDP port; tells STUN, DTLS and media apart
connection one browser's association: ICE-lite, DTLS (aiortc), SRTP
incoming   what a browser sends: tracks and their layers; the hot path
outgoing   what a browser gets: slots, retransmission
session, call, switchboard    who gets what
control    the words of web processes
"""
