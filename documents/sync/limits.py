"""Every bound of the sync socket. What happens beyond each is in docs/protocol/documents.md, "Bounds"."""

# One frame. A paste of a long text is one update; a picture is uploaded, never written into the text.
FRAME_BYTES = 1024 * 1024
# What a document may take, encoded. The log may hold more, as it keeps what was deleted.
DOCUMENT_BYTES = 10 * 1024 * 1024
# One person's cursor, selection and whatever an editor adds to it.
AWARENESS_BYTES = 4096
AWARENESS_ENTRIES = 400

SOCKETS_A_DOCUMENT = 300
SOCKETS_A_PERSON = 40
# Tabs, and an editor that was opened again and again offline.
NUMBERS_A_SOCKET = 64

# Typing makes 5 to 15 messages a second, and as many cursors; a reconnecting page sends its backlog in one.
MESSAGES_BURST = 1500
MESSAGES_A_SECOND = 200
BYTES_BURST = 8 * 1024 * 1024
BYTES_A_SECOND = 512 * 1024
# What may wait for a document that is being loaded.
EARLY_BYTES = 2 * 1024 * 1024
# Step 1: one a connection, and some clients ask again now and then.
QUESTIONS_BURST = 40
QUESTIONS_A_SECOND = 1
# What is written a second time is compared with what is stored; each byte of that counts this often.
COMPARISON_COST = 4

# A reader who is this far behind gets nothing more until most is taken, then one difference…
SOFT_LIMIT = 256 * 1024
# …and is told to come back when that takes longer than this, or when answers pile up all the same.
BEHIND_SECONDS = 20
CATCH_UP_SECONDS = 0.1
HARD_LIMIT = 2 * 1024 * 1024
# A large answer leaves in parts, so that a slow line hears something within y-websocket's 30 s of patience.
PART_BYTES = 256 * 1024

# The log: an update waits at most this long for others before its transaction begins.
BATCH_SECONDS = 0.03
# Not yet stored: beyond, editors are asked to come back later.
UNSTORED_BYTES = 8 * 1024 * 1024
RETRY_SECONDS = (0.2, 0.5, 1, 2, 5)
# pycrdt's merging is superlinear: 64 updates take a tenth of a millisecond, 10,000 half a second.
MERGE_UPDATES = 64
MERGE_BYTES = 64 * 1024

COMPACT_EVERY = 500  # rows of the log

AWARENESS_SECONDS = 0.03  # cursors of one such time leave together
AWARENESS_EXPIRES = 40  # clients tell theirs again every 15 s
SWEEP_SECONDS = 30
POLL_SECONDS = 10
IDLE_SECONDS = 30
# So many updates in a row with something missing before them, and the client is broken.
GAPS_IN_A_ROW = 5
ANSWER_SECONDS = 10  # then it is asked for its step 2 again
LEAVE_SECONDS = 8  # a socket's coroutine waits this long for the log to hold what it sent

# --- why a socket is closed. y-websocket takes 44xx for final and comes back after 45xx. ---
CLOSE_BAD_FRAME = 4400
CLOSE_SIGNED_OUT = 4401
CLOSE_FORBIDDEN = 4403
CLOSE_CONTRADICTION = 4409  # a client number is used for two contents, or by two people: start a new Y.Doc
CLOSE_TOO_LARGE = 4413
CLOSE_TOO_MANY = 4429
CLOSE_UNAVAILABLE = 4503  # the document could not be loaded or stored: try again later
CLOSE_COME_BACK = 4508  # too slow a reader, or this process lost its footing: reconnect and sync
