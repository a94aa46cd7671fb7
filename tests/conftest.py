"""For every test: busy machines are no failure, and nothing is written into the checkout."""

from hypothesis import settings

# Without a deadline: these machines are shared. Without a database: failures are printed, not kept in a folder.
settings.register_profile("playground", deadline=None, database=None)
settings.load_profile("playground")
