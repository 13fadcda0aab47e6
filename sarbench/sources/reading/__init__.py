"""Reading what users hold: folders, archives, images, JSON and tables, whatever single records have wrong."""
