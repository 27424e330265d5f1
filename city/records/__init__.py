"""The grid's records: people, places, things and organisations, kept sealed, shown masked, with where they are from and since when."""
