"""What several eligibility rules know of a person and a household, written once."""
