"""Networks: neurons, layers, and how they learn.

order: 40
"""
