"""Checks of a flow, one module each."""
