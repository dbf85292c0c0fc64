"""Optimisation: how a network walks downhill.

order: 50
"""
