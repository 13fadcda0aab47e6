"""What does the work of a build: processes of this machine, or a Ray cluster."""
