"""Care that comes unasked (主动关怀): what lapses when, and who should act and has not."""
