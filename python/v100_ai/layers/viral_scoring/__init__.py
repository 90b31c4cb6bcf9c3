"""The flag `viral_scoring`: what makes people watch and share, scored every five seconds."""
