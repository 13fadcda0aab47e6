"""Sets in the COCO layout: boxes in annotation files, images beside them."""
