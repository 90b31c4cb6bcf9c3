"""The same highlights by Claude: what is asked, how, and what of the answer is believed."""
