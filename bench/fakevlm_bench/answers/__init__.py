"""From what a model wrote to what it said: verdict, regions, explanation."""
