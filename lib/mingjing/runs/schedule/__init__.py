"""What is due and when: read from `schedule.toml`, run once each, exported to the scheduler a bureau has."""
