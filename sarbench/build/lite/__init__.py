"""Lite splits: fewer rows, stratified, the same on every machine."""
