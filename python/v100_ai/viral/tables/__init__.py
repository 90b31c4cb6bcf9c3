"""Figures that the model stands on, each file with its version and where it comes from; read by `viral.table`."""
