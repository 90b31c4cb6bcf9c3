"""The flag `highlights`: what was asked, decided and promised in a meeting."""
