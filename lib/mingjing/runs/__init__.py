"""A run of the notebooks: executed, exported, written whole or not at all."""
