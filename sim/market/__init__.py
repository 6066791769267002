"""The market of one run: subscribers by the day, what becomes of them at midnight, and the books."""
