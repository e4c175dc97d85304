"""How a text is understood, in layers that are each usable alone.

words -> tokens -> phrases (one index of everything that can be said) -> clauses (what is denied, past
or only supposed) -> rules (which phrases together mean a flag) -> answers to the open question.
"""
