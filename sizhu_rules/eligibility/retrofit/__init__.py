"""困难家庭无障碍改造: an aid for the reviewer, a priority with reasons, and a check of ramps."""
