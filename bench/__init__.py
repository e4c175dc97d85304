"""Measurements. Each prints its own figures and says how they were taken."""
