"""How a text is understood, in layers that are each usable alone.

words -> tokens -> phrases (one index of everything that can be said) -> clauses (what is denied, past
or only supposed) -> rules (which phrases together mean a flag) -> answers to the open question.
"""

import os

# The network's matrices are small. Shared out to threads they take twice the work and, on a busy machine,
# many times as long. It is read when numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
