"""Simulated patients with a hidden truth, who talk to the line so that its safety can be counted."""
