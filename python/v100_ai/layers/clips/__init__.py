"""The flag `clips`: moments of a stream that rank high become files, while it goes on."""
