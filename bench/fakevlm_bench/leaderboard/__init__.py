"""The leaderboard: submissions that nobody has to trust, and the static site computed from them."""
