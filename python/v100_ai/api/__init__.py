"""HTTP and WebSocket over the hub, for programs and for browsers."""
