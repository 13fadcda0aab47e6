"""The images of joined configs: stored once, found by binary search, read by one `os.pread`."""
