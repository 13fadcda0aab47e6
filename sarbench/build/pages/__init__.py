"""What people and machines read first: dataset card, its front matter, Croissant metadata."""
