"""The conversation: its content in YAML, what people mean, and the engine that decides.

Nothing here does network, database or clock work; the other rooms do that.
"""
