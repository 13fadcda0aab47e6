"""The only package that knows lmms-eval."""
