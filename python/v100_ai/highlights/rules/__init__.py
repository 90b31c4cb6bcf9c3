"""The offline engine: hand-weighted rules in plain English, no model, no network, milliseconds."""
