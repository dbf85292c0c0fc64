"""The functions that NumPy has no single call for, written to fill arrays that are given."""
