"""What is known of a person, a household and an amount of money, in the units the law uses."""
