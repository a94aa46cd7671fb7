"""A few prompts of our own, for an empty Studio."""

from __future__ import annotations

STARTERS: dict[str, str] = {
    "Harbour at dawn": (
        "A small fishing harbour at dawn. Mist lies on the water, a single boat glides out past the lighthouse. "
        "Slow aerial shot moving forward, soft golden light, calm and cinematic."
    ),
    "Product on a table": (
        "A ceramic coffee cup on a wooden table by a window. Steam rises and curls in the morning light. "
        "The camera circles slowly at table height, shallow depth of field, warm colours."
    ),
    "Paper city": (
        "A city made entirely of folded paper wakes up: windows open, tiny paper trams set off, paper birds rise. "
        "Stop-motion look, soft studio light, the camera pulls back to reveal the whole city on a desk."
    ),
    "Seed to tree": (
        "Time-lapse of a seed that sprouts, grows into a young oak and spreads its leaves, seen from the side with "
        "the soil cut open so that the roots are visible. Clear daylight, plain background, made for a classroom."
    ),
}
"""Title -> prompt."""
