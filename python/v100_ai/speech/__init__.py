"""Sound to text, where no transcript comes from elsewhere: a seam, and three engines behind it.

Two take a model that the user brings; the third, pocketsphinx, has a model in its package and only demonstrates that
sound becomes text becomes a highlight without a network. Nothing is downloaded.
"""
