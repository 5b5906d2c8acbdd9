"""Further doors to the assistant. Each only translates; turns are taken by the gateway's turn runner."""
