"""Everything that can grow has its bound here."""

MAX_CALLS = 500
MAX_SESSIONS = 5_000
MAX_SESSIONS_PER_CALL = 600
MAX_PUBLISHERS_PER_CALL = 120

AUDIO_SLOTS = 4
VIDEO_SLOTS = 9
MAX_LAYERS = 3  # q, h, f

MAX_SDP_LINES = 3_000
MAX_SECTIONS = 24
MAX_SECTION_LINES = 400  # aiortc's parser searches a section's codecs again for each line

MAX_DATAGRAM_BYTES = 1_500  # longer ones are dropped: they would not fit a place of the outbox with their seal
HISTORY_PACKETS = 512  # a layer's packets kept for retransmission; a power of two
MAX_MISSING = 256  # packets of one layer asked for again at a time
MAX_PACKETS_PER_SECOND = 4_000  # from one connection; 1080p with probes stays below 1,000
MAX_RETRANSMISSIONS_PER_SECOND = 600  # to one connection
MAX_CHECKS_PER_SECOND = 20_000  # STUN requests answered, from everybody
MAX_HANDSHAKE_BACKLOG = 32  # DTLS datagrams that wait for one handshake

CONTROL_BACKLOG_BYTES = 16 * 1024 * 1024  # a web process that reads slower than this is cut off
MAX_CONTROL_CONNECTIONS = 64

CONSENT_SECONDS = 15.0  # browsers check every 2 to 5 s
HANDSHAKE_SECONDS = 30.0
REATTACH_SECONDS = 60.0
ABSENT_SECONDS = 60.0  # a session whose listening connection does not stand
