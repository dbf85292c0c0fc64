"""PyTorch and JAX are asked by hand only; what imports them is no part of the suite."""

collect_ignore = ["in_jax.py", "in_torch.py", "reference.py"]
