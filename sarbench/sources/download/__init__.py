"""Fetching files of a Hub repository: pinned, resumed after a kill, and verified."""
