"""The front door: HTTP and WebSocket on aiohttp.

It knows who is there, checks what comes in, hands turns to the assistant and shapes what goes out. It knows
no rule and no dialogue. `create_app` (app.py) assembles it, `serve` (server.py) runs and stops it.
"""
