"""Where staff are told, and what is done for people between their turns."""

import os

# The server and the worker hear many people at once. Each one's small matrices, shared out to threads, would
# take twice the work and, on a busy machine, many times as long. numpy reads it when it is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
