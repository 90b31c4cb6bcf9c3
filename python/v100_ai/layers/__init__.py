"""Layers: one folder a flag, each with its settings and one class behind one seam.

`layer` is the seam, `inputs` what may come in, `flags` the list of all there are. A session holds some of them and knows none.
"""
