"""Readings in; rows, tables, a summary and a page out. Pure, but for the files it writes."""
